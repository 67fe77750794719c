package io.datadrivenchanges.benchmarks.pipeline;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

import io.datadrivenchanges.benchmarks.measurement.Latencies;

/// When each change of one measurement was committed and when it became visible, in [System#nanoTime] of this process: no
/// clocks are compared.
///
/// One thread changes, another one reports what became visible.
final class Timeline implements Pipe.Listener {
    private final Couriers couriers;
    private final long before;
    private final AtomicLongArray committed;
    private final AtomicLongArray visible;
    private final CountDownLatch missing;

    Timeline(Couriers couriers, int changes) {
        this.couriers = couriers;
        before = couriers.changed();
        committed = new AtomicLongArray(changes);
        visible = new AtomicLongArray(changes);
        missing = new CountDownLatch(changes);
    }

    /// Commits change `number`.
    void change(int number) {
        couriers.changeNext();
        committed.set(number, System.nanoTime());
    }

    @Override
    public void visible(long courierId, long version, long nanoTime) {
        long number = couriers.numberOf(courierId, version) - before;
        if (number >= 0 && number < visible.length() && visible.compareAndSet((int) number, 0, nanoTime)) {
            missing.countDown();
        }
    }

    void awaitAllVisible(Duration limit) throws InterruptedException {
        missing.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Adds what was seen. A change seen before its commit has returned to the writer took no time.
    void addTo(Latencies latencies) {
        for (int i = 0; i < committed.length(); i++) {
            if (visible.get(i) == 0) {
                latencies.addLost();
            } else {
                latencies.addMicros(Math.max(0, TimeUnit.NANOSECONDS.toMicros(visible.get(i) - committed.get(i))));
            }
        }
    }
}
