package io.datadrivenchanges.experiment;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SamplingShareTest {

    private final Laboratory lab = Laboratory.create();
    private final Experiment<Integer, Integer, RuntimeException> experiment = lab.experiment("e")
            .control((Integer input) -> input)
            .candidate("c", input -> input)
            .shadow(new Shadow.Inline())
            .build();

    @AfterEach
    void close() {
        lab.close();
    }

    private long counted(String key) {
        assertThat(lab.drain(Duration.ofSeconds(10))).isTrue();
        return experiment.summary().count(key);
    }

    @Test
    void comparesEachCallUnlessTold() {
        experiment.call(1);

        assertThat(lab.sampling("e")).isEqualTo(1);
        assertThat(counted("results_match")).isEqualTo(1);
    }

    @Test
    void comparesNoneAtZeroButCountsThem() {
        lab.sampling("e", 0);

        assertThat(experiment.call(1)).isEqualTo(1);

        assertThat(counted("sampled_out")).isEqualTo(1);
        assertThat(counted("runs")).isEqualTo(1);
    }

    @Test
    void comparesAboutTheShareThatWasSet() {
        lab.sampling("e", 0.25);

        for (int i = 0; i < 10_000; i++) {
            experiment.call(i);
        }

        assertThat(lab.sampling("e")).isEqualTo(0.25);
        assertThat(counted("results_match")).isBetween(2_000L, 3_000L);
        assertThat(counted("results_match") + counted("sampled_out")).isEqualTo(10_000);
    }

    @Test
    void yieldsToACallThatForcesItsComparison() {
        lab.sampling("e", 0);

        experiment.call(1, Sampling.FORCE);

        assertThat(counted("results_match")).isEqualTo(1);
    }

    @Test
    void refusesWhatIsNoShareAndWhoIsNotThere() {
        assertThatThrownBy(() -> lab.sampling("e", 1.01)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lab.sampling("e", Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lab.sampling("other", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lab.sampling("other")).isInstanceOf(IllegalArgumentException.class);
    }
}
