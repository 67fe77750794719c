package io.datadrivenchanges.benchmarks.measurement;

import java.util.List;

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
        var seen = new Surroundings.Seen(foreign, steal);

        assertThat(seen.disturbed()).isEqualTo(disturbed);
        assertThat(seen.reason()).isNotBlank();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void takesAChildThatHasEndedForItsOwn() throws Exception {
        long before = Surroundings.own();

        var child = new ProcessBuilder("sh", "-c", "i=0; while [ $i -lt 500000 ]; do i=$((i+1)); done").start();
        assertThat(child.waitFor()).isZero();

        assertThat(Surroundings.own() - before).as("ticks of 10 ms").isGreaterThan(10);
    }

    @Test
    void judgesSeveralByTheWorst() {
        var worst = Surroundings.Seen.worst(List.of(new Surroundings.Seen(12, 0), new Surroundings.Seen(3, 1)));

        assertThat(worst).isEqualTo(new Surroundings.Seen(12, 1));
        assertThat(Surroundings.Seen.worst(List.of(worst, new Surroundings.Seen(Double.NaN, 0))).disturbed())
                .as("what is not known is not trusted").isTrue();
    }
}
