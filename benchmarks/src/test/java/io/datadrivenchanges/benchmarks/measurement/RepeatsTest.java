package io.datadrivenchanges.benchmarks.measurement;

import io.datadrivenchanges.benchmarks.measurement.Surroundings.Seen;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

class RepeatsTest {
    private static final Seen QUIET = new Seen(1, "", 0);
    private static final Seen DISTURBED = new Seen(50, "make", 0);

    @Test
    void takesOnlyDisturbedTurnsAgainAndOnlyAsOftenAsAllowed() {
        Repeats repeats = CommandLine.populateCommand(new Repeats(), "--repeats", "2");

        assertThat(repeats.again(QUIET)).isFalse();
        assertThat(repeats.again(DISTURBED)).isTrue();
        assertThat(repeats.again(DISTURBED)).isTrue();
        assertThat(repeats.again(DISTURBED)).isFalse();
        assertThat(repeats.taken()).isEqualTo(2);
    }
}
