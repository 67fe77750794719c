package io.datadrivenchanges.benchmarks;

import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/// Runs an action at a fixed rate whatever the previous ones took: a late one does not delay the schedule of those behind it,
/// so that a stall is seen by every action that should have started in it (no coordinated omission).
///
/// @param ratePerSecond actions per second, at least 1
record OpenLoop(int ratePerSecond) {
    /// Runs `count` actions on the calling thread and hands each its number, from 0.
    void run(int count, IntConsumer action) {
        long period = 1_000_000_000L / ratePerSecond;
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long due = start + i * period;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            action.accept(i);
        }
    }
}
