package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The system's time, with one daemon thread for timers. Thread-safe.
final class SystemTime implements Time, AutoCloseable {

    private final ScheduledThreadPoolExecutor timers;

    SystemTime() {
        timers = new ScheduledThreadPoolExecutor(1,
                task -> Thread.ofPlatform().daemon().name("experiment-timer").unstarted(task));
        timers.setRemoveOnCancelPolicy(true);
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        try {
            Future<?> timer = timers.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
            return () -> timer.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {};
        }
    }

    @Override
    public void close() {
        timers.shutdownNow();
    }
}
