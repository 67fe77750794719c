package io.datadrivenchanges.publisher;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTest {
    @Test
    void doublesUpToHalfAMinute() {
        var backoff = new Backoff(longest(), Limits.STANDARD.longestPause());

        List<Long> pauses = Stream.generate(backoff::next).limit(9).map(Duration::toMillis).toList();

        assertThat(pauses).containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 30_000L, 30_000L, 30_000L);
    }

    @Test
    void startsSmallAgainAfterAGoodTerm() {
        var backoff = new Backoff(longest(), Limits.STANDARD.longestPause());
        backoff.next();
        backoff.next();

        backoff.reset();

        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(500));
    }

    /// Always the largest number allowed.
    private static RandomGenerator longest() {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException();
            }

            @Override
            public long nextLong(long bound) {
                return bound - 1;
            }
        };
    }
}
