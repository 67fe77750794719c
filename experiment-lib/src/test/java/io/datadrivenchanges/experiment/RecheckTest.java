package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RecheckTest {

    @Test
    void takesSixteenRungsAndAnHour() {
        Duration[] rungs = rungs(16);
        rungs[15] = Duration.ofHours(1);

        assertThat(Recheck.at(rungs).ladder()).containsExactly(rungs);
    }

    @Test
    void refusesMoreRungsAndLaterOnes() {
        assertThatIllegalArgumentException().isThrownBy(() -> Recheck.at(rungs(17)))
                .withMessageContaining("at most 16");
        assertThatIllegalArgumentException().isThrownBy(() -> Recheck.at(Duration.ofHours(1).plusNanos(1)))
                .withMessageContaining("at most 1 hour");
    }

    @Test
    void refusesRungsThatDoNotRiseFromAboveZero() {
        assertThatIllegalArgumentException().isThrownBy(() -> Recheck.at(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> Recheck.at(Duration.ofSeconds(1), Duration.ofSeconds(1)));
    }

    private static Duration[] rungs(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }
}
