package io.datadrivenchanges.experiment;

import java.util.concurrent.atomic.AtomicLongArray;

/// A few counters that many threads raise without getting in each other's way. Thread-safe; adding takes no lock and allocates nothing.
///
/// Each thread has a *stripe*, by its id: all counters of a stripe lie side by side, so that a run touches one or two cache lines, and
/// stripes lie far enough apart not to share any. Threads that share a stripe are slower, never wrong.
final class Counters {

    /// Two cache lines of 64 bytes, as processors fetch them in pairs.
    private static final int LINE = 16;
    private static final int STRIPES = Integer.highestOneBit(
            Math.clamp(4L * Runtime.getRuntime().availableProcessors() - 1, 4, 64));

    private final int width;
    private final AtomicLongArray cells;

    Counters(int kinds) {
        width = (kinds + LINE - 1) / LINE * LINE;
        cells = new AtomicLongArray(STRIPES * width + LINE);
    }

    /// Adds one.
    ///
    /// @return what this thread's stripe had counted of the kind before: rises by one per call while a thread has its stripe for itself
    long increment(int kind) {
        return cells.getAndIncrement(cell(kind));
    }

    void add(int kind, long n) {
        cells.getAndAdd(cell(kind), n);
    }

    long sum(int kind) {
        long sum = 0;
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            sum += cells.get(stripe * width + LINE + kind);
        }
        return sum;
    }

    private int cell(int kind) {
        int stripe = (int) Thread.currentThread().threadId() & (STRIPES - 1);
        return stripe * width + LINE + kind;
    }
}
