package io.datadrivenchanges.experiment.testing;

import java.time.Duration;

import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.MismatchError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ExtendWith(LabExtension.class)
class LabExtensionTest {

    private static Experiment<Integer, Integer, RuntimeException> experiment(Laboratory lab) {
        return lab.experiment("e").control((Integer input) -> 1).candidate("c", input -> input).build();
    }

    @Test
    void letsACallThrowWhereTheSidesDisagree(Laboratory lab, RecordingSink sink) {
        Experiment<Integer, Integer, RuntimeException> experiment = experiment(lab);

        assertThat(experiment.call(1)).isEqualTo(1);
        assertThatThrownBy(() -> experiment.call(2)).isInstanceOf(MismatchError.class).hasMessageContaining("'e'");
        assertThat(lab.drain(Duration.ofSeconds(10))).isTrue();
        assertThat(sink.results()).hasSize(2);
    }

    @Test
    void givesEachTestItsOwn(Laboratory lab, RecordingSink sink) {
        experiment(lab).call(1);

        assertThat(lab.drain(Duration.ofSeconds(10))).isTrue();
        assertThat(sink.only().key()).isEqualTo(1);
    }

    @Test
    void makesTheTimeTheLaboratorysIfAskedFor(Laboratory lab, VirtualTime time) {
        lab.enabled(false);
        time.advance(Duration.ofHours(1));

        assertThat(lab.health().disabledFor()).isEqualTo(Duration.ofHours(1));
    }
}
