package io.datadrivenchanges.traffic;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTest {
    private long now;
    private final Backoff longest = new Backoff(() -> now, bound -> bound - 1);
    private final Backoff shortest = new Backoff(() -> now, _ -> 0);

    @Test
    void doublesFrom200MillisecondsToFiveSeconds() {
        assertThat(longest.after(1, Duration.ZERO).plusNanos(1)).isEqualTo(Duration.ofMillis(200));
        assertThat(longest.after(2, Duration.ZERO).plusNanos(1)).isEqualTo(Duration.ofMillis(400));
        assertThat(longest.after(100, Duration.ZERO).plusNanos(1)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void jittersDownToNothing() {
        assertThat(shortest.after(5, Duration.ZERO)).isZero();
    }

    @Test
    void waitsAsLongAsTheServerAsksForButNotLongerThanFiveSeconds() {
        assertThat(shortest.after(1, Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(2));
        assertThat(shortest.after(1, Duration.ofHours(1))).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void endsAfterSixtySeconds() {
        assertThat(longest.exhausted(0, Duration.ofSeconds(60))).isFalse();

        now = 1;

        assertThat(longest.exhausted(0, Duration.ofSeconds(60))).isTrue();
    }
}
