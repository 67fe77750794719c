package io.datadrivenchanges.publisher;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// Pauses between attempts: random between zero and a bound that doubles from 0.5 s to 30 s. Confined to the supervisor.
final class Backoff {
    static final Duration LONGEST = Duration.ofSeconds(30);
    private static final Duration FIRST = Duration.ofMillis(500);

    private final RandomGenerator random;
    private Duration bound = FIRST;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    Duration next() {
        Duration pause = Duration.ofMillis(random.nextLong(bound.toMillis() + 1));
        Duration doubled = bound.multipliedBy(2);
        bound = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        return pause;
    }

    /// After a term that went well.
    void reset() {
        bound = FIRST;
    }
}
