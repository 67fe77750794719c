package io.datadrivenchanges.e2e;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import static org.awaitility.Awaitility.await;

/// A steady load of changes in the table, in turn, one per transaction, that goes on whatever breaks: a change whose commit
/// was not answered may have been made or not, and only the table knows.
final class TableLoad implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Duration RECONNECT = Duration.ofMillis(50);
    private static final Duration CLOSE = Duration.ofSeconds(15);

    private final AtomicLong made = new AtomicLong();
    private final CourierTable table;
    private final List<Long> couriers;
    private final long periodNanos;
    private final Thread thread = Thread.ofPlatform().daemon().name("table-load").unstarted(this::run);
    private volatile boolean closing;

    private TableLoad(CourierTable table, List<Long> couriers, int ratePerSecond) {
        this.table = table;
        this.couriers = List.copyOf(couriers);
        this.periodNanos = TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
    }

    static TableLoad start(CourierTable table, List<Long> couriers, int ratePerSecond) {
        var load = new TableLoad(table, couriers, ratePerSecond);
        load.thread.start();
        return load;
    }

    private void run() {
        while (!closing) {
            try (Connection database = table.connect(); PreparedStatement change = CourierTable.change(database)) {
                for (long due = System.nanoTime(); !closing; due += periodNanos) {
                    LockSupport.parkNanos(due - System.nanoTime());
                    change.setLong(1, couriers.get((int) (made.get() % couriers.size())));
                    change.execute();
                    made.incrementAndGet();
                }
            } catch (SQLException _) {
                LockSupport.parkNanos(RECONNECT.toNanos());
            }
        }
    }

    /// Changes that were answered.
    long made() {
        return made.get();
    }

    /// Waits until this many more changes were answered.
    void awaitMore(long changes) {
        long goal = made.get() + changes;
        await(changes + " more changes").atMost(LIMIT).pollInterval(Duration.ofMillis(5))
                .until(() -> made.get() >= goal);
    }

    /// Lets the change under way finish; a second call does nothing.
    void stop() {
        closing = true;
        try {
            if (!thread.join(CLOSE)) {
                throw new AssertionError("the load did not end within " + CLOSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ending the load", e);
        }
    }

    /// The same as [#stop].
    @Override
    public void close() {
        stop();
    }
}
