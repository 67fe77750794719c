package io.datadrivenchanges.benchmarks.measurement;

import java.util.List;

import io.datadrivenchanges.benchmarks.measurement.Surroundings.Seen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class SurroundingsTest {
    @ParameterizedTest
    @CsvSource({"0, 0, false", "10, 2, false", "10.1, 0, true", "0, 2.1, true", "NaN, 0, true"})
    void trustsOnlyAMeasurementThatRanAlone(double foreign, double steal, boolean disturbed) {
        var seen = new Seen(foreign, "", 0, steal);

        assertThat(seen.disturbed()).isEqualTo(disturbed);
        assertThat(seen.disturbedTail()).isEqualTo(disturbed);
        assertThat(seen.reason()).isNotBlank();
    }

    @Test
    void doesNotTrustAHighPercentileWhereSomebodyHeldACoreForLong() {
        assertThat(new Seen(2, "kdamond.0", 1, 0).disturbedTail()).isFalse();

        var held = new Seen(2, "kdamond.0", 1.1, 0);

        assertThat(held.disturbedTail()).isTrue();
        assertThat(held.disturbed()).as("a median survives that").isFalse();
        assertThat(held.reason()).contains("'kdamond.0', 1.1 % in stretches of a millisecond or more");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void tellsWhatItSaw() {
        assertThat(Surroundings.watch().seen().reason()).startsWith("others used up to");
    }

    @Test
    void judgesSeveralByTheWorst() {
        var worst = Seen.worst(List.of(new Seen(12, "make", 0, 0), new Seen(3, "top", 2, 1)));

        assertThat(worst).isEqualTo(new Seen(12, "make", 2, 1));
        assertThat(worst.reason()).contains("'make'");
        assertThat(Seen.worst(List.of(worst, new Seen(Double.NaN, "", 0, 0))).disturbed())
                .as("what is not known is not trusted").isTrue();
    }
}
