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
        var seen = new Seen(foreign, "", steal);

        assertThat(seen.disturbed()).isEqualTo(disturbed);
        assertThat(seen.reason()).isNotBlank();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void tellsWhatItSaw() {
        assertThat(Surroundings.watch().seen().reason()).startsWith("others used up to");
    }

    @Test
    void judgesSeveralByTheWorst() {
        var worst = Seen.worst(List.of(new Seen(12, "make", 0), new Seen(3, "top", 1)));

        assertThat(worst).isEqualTo(new Seen(12, "make", 1));
        assertThat(worst.reason()).contains("'make'");
        assertThat(Seen.worst(List.of(worst, new Seen(Double.NaN, "", 0))).disturbed())
                .as("what is not known is not trusted").isTrue();
    }
}
