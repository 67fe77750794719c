package io.datadrivenchanges.benchmarks.measurement;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MediansTest {
    @Test
    void isTheMiddleOneOrTheMeanOfTheTwoInTheMiddle() {
        assertThat(Medians.of(List.of(900.0, 1.0, 3.0), Double::doubleValue)).isEqualTo(3);
        assertThat(Medians.of(List.of(900.0, 1.0, 3.0, 5.0), Double::doubleValue)).isEqualTo(4);
        assertThat(Medians.of(List.of("four"), String::length)).isEqualTo(4);
    }
}
