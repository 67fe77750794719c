package io.datadrivenchanges.benchmarks.measurement;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/// Runs an action at a fixed rate whatever the previous ones took: a late one does not delay the schedule of those behind it,
/// so that a stall is seen by every action that should have started in it (no coordinated omission).
///
/// @param ratePerSecond actions per second, above 0
public record OpenLoop(double ratePerSecond) {
    /// Runs `count` actions on the calling thread and hands each its number, from 0.
    ///
    /// @return how late the last action started
    public Duration run(int count, IntConsumer action) {
        return run(count, (number, _) -> action.accept(number));
    }

    /// The same, for an action that somebody else carries out and that has to tell for how long it has been due.
    public Duration run(int count, Due action) {
        double period = TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
        long start = System.nanoTime();
        long late = 0;
        for (int i = 0; i < count; i++) {
            long due = start + Math.round(i * period);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            late = System.nanoTime() - due;
            action.begin(i, due);
        }
        return Duration.ofNanos(late);
    }

    /// An action and its time.
    @FunctionalInterface
    public interface Due {
        /// Begins it.
        ///
        /// @param due when it should begin, in [System#nanoTime]
        void begin(int number, long due);
    }
}
