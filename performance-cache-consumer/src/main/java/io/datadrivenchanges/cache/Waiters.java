package io.datadrivenchanges.cache;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Threads that wait for the copy to say something. Thread-safe; costs the reader one volatile read while nobody waits.
final class Waiters {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();

    /// Waits until the condition holds; says whether it did before the time was over.
    boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
        waiting.incrementAndGet();
        lock.lock();
        try {
            long left = timeout.toNanos();
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = progress.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
            waiting.decrementAndGet();
        }
    }

    /// Lets everybody look again.
    void signal() {
        if (waiting.get() == 0) {
            return;
        }
        lock.lock();
        try {
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
