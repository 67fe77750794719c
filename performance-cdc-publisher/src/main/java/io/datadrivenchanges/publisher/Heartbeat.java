package io.datadrivenchanges.publisher;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Keeps the lead every 500 ms from a thread of its own: silently until the engine runs, then by writing the heartbeat row.
/// The first failure means that the lead is lost. Thread-safe.
final class Heartbeat implements AutoCloseable {
    static final Duration INTERVAL = Duration.ofMillis(500);
    private static final int BEATS_PER_MEASUREMENT = 20;
    private static final Duration CLOSE_LIMIT = Duration.ofMillis(500);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("publisher-heartbeat").factory());
    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private final Lead lead;
    private final String slot;
    private final PublisherMetrics metrics;
    private volatile boolean writing;
    private long beats;

    Heartbeat(Lead lead, String slot, PublisherMetrics metrics) {
        this.lead = lead;
        this.slot = slot;
        this.metrics = metrics;
        var _ = thread.scheduleAtFixedRate(this::beat, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void beat() {
        if (lost.isDone()) {
            return;
        }
        try {
            if (!writing) {
                lead.keep();
                return;
            }
            lead.beat();
            if (beats++ % BEATS_PER_MEASUREMENT == 0) {
                lead.measure(slot, metrics);
            }
        } catch (SQLException | RuntimeException e) {
            lost.completeExceptionally(e);
        }
    }

    /// From now on the heartbeat row is written.
    void write() {
        writing = true;
    }

    /// Fails when the lead is lost; never completes otherwise.
    CompletableFuture<Void> lost() {
        return lost;
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
