package io.datadrivenchanges.cache;

import java.time.Duration;

/// Pause between two attempts: doubles from 100 ms to 30 s, starts again after a minute that went well.
/// Confined to one thread.
final class Backoff {
    private static final long FIRST = Duration.ofMillis(100).toNanos();
    private static final long LONGEST = Duration.ofSeconds(30).toNanos();
    private static final long FORGIVEN_AFTER = Duration.ofMinutes(1).toNanos();

    private long next = FIRST;

    /// The pause after an attempt that lasted so long.
    long nanosAfter(long attemptNanos) {
        if (attemptNanos >= FORGIVEN_AFTER) {
            next = FIRST;
        }
        long pause = next;
        next = Math.min(LONGEST, next * 2);
        return pause;
    }
}
