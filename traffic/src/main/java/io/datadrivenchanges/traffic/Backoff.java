package io.datadrivenchanges.traffic;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/// How long a client waits before it asks again: exponential from 200 ms to 5 s with full jitter, and no less than the server asks
/// for, until 60 s have passed since the first attempt.
///
/// @param clock the time in nanoseconds
/// @param jitter a random number from 0 to below its argument
record Backoff(LongSupplier clock, LongUnaryOperator jitter) {
    static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration MAX = Duration.ofSeconds(5);
    private static final int MAX_DOUBLINGS = 10;

    /// The wait after an attempt has failed.
    ///
    /// @param attempt how many have failed, 1 and up
    /// @param retryAfter what the server asks for; zero if it does not
    Duration after(int attempt, Duration retryAfter) {
        long ceiling = Math.min(MAX.toNanos(), FIRST.toNanos() << Math.min(attempt - 1, MAX_DOUBLINGS));
        Duration jittered = Duration.ofNanos(jitter.applyAsLong(ceiling));
        Duration asked = retryAfter.compareTo(MAX) < 0 ? retryAfter : MAX;
        return jittered.compareTo(asked) > 0 ? jittered : asked;
    }

    /// Whether no time is left for an attempt after this wait.
    boolean exhausted(long firstAttemptNanos, Duration wait) {
        return clock.getAsLong() - firstAttemptNanos + wait.toNanos() > LIMIT.toNanos();
    }
}
