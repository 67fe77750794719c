package io.datadrivenchanges.experiment;

/// Lets so many things happen per second, and as many at once after a second of rest. Thread-safe.
///
/// Kept as the time at which the bucket would have been empty: a token is worth `interval` of it, and what lies further back than a
/// second of tokens is forgotten.
final class TokenBucket {

    private static final long SECOND = 1_000_000_000;

    private final Time time;
    private final long interval;
    private long empty;

    /// @param perSecond at least 1
    TokenBucket(Time time, int perSecond) {
        this.time = time;
        interval = SECOND / perSecond;
        empty = time.nanos() - SECOND;
    }

    /// Takes a token if there is one.
    synchronized boolean take() {
        long now = time.nanos();
        long saved = Math.min(now - empty, SECOND);
        if (saved < interval) {
            return false;
        }
        empty = now - saved + interval;
        return true;
    }
}
