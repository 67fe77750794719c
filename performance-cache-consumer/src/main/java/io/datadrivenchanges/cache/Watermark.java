package io.datadrivenchanges.cache;

/// Up to when everything committed is contained, on this machine's [System#nanoTime]. Written by one thread, read by all.
///
/// A heartbeat that arrives `delay` after its commit proves: all committed before `now - delay` has been read. The latest
/// such moment counts, since a proof stays true when an older heartbeat is replayed. With several partitions each needs
/// a heartbeat, and the earliest of their moments counts.
final class Watermark {
    static final long UNKNOWN = Long.MAX_VALUE;

    private final long[] moments;
    private final boolean[] known;
    private volatile long moment;
    private volatile boolean complete;

    Watermark(int partitions) {
        moments = new long[partitions];
        known = new boolean[partitions];
    }

    /// Takes in a heartbeat.
    ///
    /// @param delayNanos time since its commit by the wall clocks, not negative
    void beat(int partition, long nanoTime, long delayNanos) {
        long proven = nanoTime - delayNanos;
        if (known[partition] && proven - moments[partition] <= 0) {
            return;
        }
        moments[partition] = proven;
        known[partition] = true;
        long earliest = proven;
        for (int i = 0; i < moments.length; i++) {
            if (!known[i]) {
                return;
            }
            if (moments[i] - earliest < 0) {
                earliest = moments[i];
            }
        }
        moment = earliest;
        complete = true;
    }

    boolean isKnown() {
        return complete;
    }

    /// The moment; meaningless unless [#isKnown].
    long moment() {
        return moment;
    }
}
