package io.datadrivenchanges.experiment.example;

import io.datadrivenchanges.experiment.Summary;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PriceMigrationTest {

    @Test
    void tellsLateFromWrong() {
        Summary summary = PriceMigration.run();

        assertThat(summary.count("results_match")).isEqualTo(1);
        assertThat(summary.count("results_do_not_match")).isEqualTo(2);
        assertThat(summary.count("converged") + summary.count("stale")).as("late: %s", summary.json()).isEqualTo(1);
        assertThat(summary.count("diverged")).isEqualTo(1);
    }
}
