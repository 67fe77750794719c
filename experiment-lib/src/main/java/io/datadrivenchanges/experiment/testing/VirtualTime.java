package io.datadrivenchanges.experiment.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

import io.datadrivenchanges.experiment.Time;
import org.jspecify.annotations.Nullable;

/// Time that stands still until it is told to move; timers then run on the thread that moves it, in order, and see the time they
/// were set for. Starts at 2026-01-01T00:00:00Z. Thread-safe.
public final class VirtualTime implements Time {

    private final PriorityQueue<Timer> timers = new PriorityQueue<>(
            Comparator.comparingLong(Timer::due).thenComparingLong(Timer::number));
    private long nanos;
    private long timersSet;
    private Instant wall = Instant.parse("2026-01-01T00:00:00Z");

    private record Timer(long due, long number, Runnable task) {}

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized Instant now() {
        return wall;
    }

    @Override
    public synchronized Runnable schedule(Duration delay, Runnable task) {
        Timer timer = new Timer(nanos + Math.max(0, delay.toNanos()), timersSet++, task);
        timers.add(timer);
        return () -> cancel(timer);
    }

    /// Moves both clocks forward and runs what becomes due.
    public void advance(Duration by) {
        long end = nanos() + by.toNanos();
        for (Timer timer = next(end); timer != null; timer = next(end)) {
            timer.task().run();
        }
    }

    /// Moves both clocks forward at one go, as for a process that stood still: what becomes due runs late, each timer once.
    public void stall(Duration by) {
        long end = nanos() + by.toNanos();
        moveTo(end);
        advance(Duration.ZERO);
    }

    /// Moves the wall clock alone, forward or back, as an administrator might.
    public synchronized void jumpWallClock(Duration by) {
        wall = wall.plus(by);
    }

    /// How many timers are set.
    public synchronized int pending() {
        return timers.size();
    }

    private synchronized void cancel(Timer timer) {
        timers.remove(timer);
    }

    private synchronized @Nullable Timer next(long end) {
        Timer first = timers.peek();
        if (first == null || first.due() > end) {
            moveTo(end);
            return null;
        }
        moveTo(first.due());
        return timers.poll();
    }

    private synchronized void moveTo(long to) {
        long step = Math.max(0, to - nanos);
        nanos += step;
        wall = wall.plusNanos(step);
    }
}
