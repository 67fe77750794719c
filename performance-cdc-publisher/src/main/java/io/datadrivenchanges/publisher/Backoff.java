package io.datadrivenchanges.publisher;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// Pauses between attempts: random between zero and a bound that doubles from 0.5 s to a longest one. Confined to the supervisor.
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(500);

    private final RandomGenerator random;
    private final Duration longest;
    private Duration bound = FIRST;

    Backoff(RandomGenerator random, Duration longest) {
        this.random = random;
        this.longest = longest;
    }

    Duration next() {
        Duration pause = Duration.ofMillis(random.nextLong(bound.toMillis() + 1));
        Duration doubled = bound.multipliedBy(2);
        bound = doubled.compareTo(longest) < 0 ? doubled : longest;
        return pause;
    }

    /// After a term that went well.
    void reset() {
        bound = FIRST;
    }
}
