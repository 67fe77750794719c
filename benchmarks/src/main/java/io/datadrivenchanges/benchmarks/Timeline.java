package io.datadrivenchanges.benchmarks;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

import io.datadrivenchanges.cache.AppliedListener;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// When each change of one round was committed and when it became visible, in [System#nanoTime].
///
/// One thread changes, another one reports what became visible.
final class Timeline implements AppliedListener {
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Couriers couriers;
    private final long versionBefore;
    private final AtomicLongArray committed;
    private final AtomicLongArray visible;
    private final CountDownLatch missing;

    Timeline(Couriers couriers, int changes) {
        this.couriers = couriers;
        versionBefore = 1 + couriers.rounds();
        committed = new AtomicLongArray(changes);
        visible = new AtomicLongArray(changes);
        missing = new CountDownLatch(changes);
    }

    /// Commits change `number`.
    void change(int number) {
        try {
            couriers.changeNext();
        } catch (SQLException e) {
            throw new IllegalStateException("The change was not committed", e);
        }
        committed.set(number, System.nanoTime());
    }

    @Override
    public void applied(long courierId, long oldVersion, long newVersion, @Nullable Instant committedAt,
            long nanoTime) {
        long number = (newVersion - versionBefore - 1) * couriers.count() + courierId - 1;
        if (number >= 0 && number < visible.length() && visible.compareAndSet((int) number, 0, nanoTime)) {
            missing.countDown();
        }
    }

    void awaitAllVisible(Duration limit) throws InterruptedException {
        missing.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// A change seen before its commit has returned to the writer took no time.
    Round round() {
        var micros = new Histogram(SIGNIFICANT_DIGITS);
        long lost = 0;
        for (int i = 0; i < committed.length(); i++) {
            if (visible.get(i) == 0) {
                lost++;
            } else {
                micros.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(visible.get(i) - committed.get(i))));
            }
        }
        return Round.of(micros, lost);
    }
}
