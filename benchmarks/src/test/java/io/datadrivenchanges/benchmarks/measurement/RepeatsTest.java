package io.datadrivenchanges.benchmarks.measurement;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

class RepeatsTest {
    @Test
    void takesOnlyDisturbedTurnsAgainAndOnlyAsOftenAsAllowed() {
        Repeats repeats = CommandLine.populateCommand(new Repeats(), "--repeats", "2");

        assertThat(repeats.again(false)).isFalse();
        assertThat(repeats.again(true)).isTrue();
        assertThat(repeats.again(true)).isTrue();
        assertThat(repeats.again(true)).isFalse();
        assertThat(repeats.taken()).isEqualTo(2);
    }
}
