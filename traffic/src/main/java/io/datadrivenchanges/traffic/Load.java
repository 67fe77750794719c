package io.datadrivenchanges.traffic;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import io.datadrivenchanges.traffic.Plan.Planned;
import io.datadrivenchanges.traffic.Services.Result;
import org.HdrHistogram.ConcurrentHistogram;

/// Pays the deliveries of a plan, each at its time, whatever the system does (an open model).
///
/// A delivery is counted by [LevelRule] first; if that changes the courier's level, the level is set in Incentives, and then the
/// delivery is paid. The order per courier is kept. If the system is slower than the plan, the bounded number in flight holds
/// the run back instead of flooding the system; the latency is measured from when the delivery was due, so that waiting counts.
final class Load {
    static final String EXPERIMENT = "courier-performance";
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(30);
    private static final Duration SETTLE_PERIOD = Duration.ofMillis(200);
    private static final Duration MAX_LATENCY = Duration.ofHours(12);
    private static final int LATENCY_DIGITS = 3;
    private static final int MAX_FAILURES_SHOWN = 10;

    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    private final Services services;
    private final int maxInFlight;
    private final LongSupplier clock;

    private final LongAdder payments = new LongAdder();
    private final LongAdder existed = new LongAdder();
    private final LongAdder levelChanges = new LongAdder();
    private final LongAdder levelChangesFailed = new LongAdder();
    private final List<String> failures = new ArrayList<>();
    private final ConcurrentHistogram fromIntendedStart = histogram();
    private final ConcurrentHistogram fromSending = histogram();

    Load(Services services, int maxInFlight, LongSupplier clock) {
        this.services = services;
        this.maxInFlight = maxInFlight;
        this.clock = clock;
    }

    /// Runs a plan to its end, and waits until the experiment has finished its runs.
    Summary run(Plan plan, Progress progress) throws InterruptedException {
        ExperimentNumbers before = services.experiment(EXPERIMENT);
        long start = clock.getAsLong();
        long deliveries = dispatch(plan, progress, start);
        Duration took = Duration.ofNanos(clock.getAsLong() - start);
        ExperimentNumbers after = settled();
        return new Summary(plan.origin(),
                deliveries,
                payments.sum(),
                existed.sum(),
                levelChanges.sum(),
                levelChangesFailed.sum(),
                failures(),
                latency(fromIntendedStart),
                latency(fromSending),
                took,
                after.since(before));
    }

    private long dispatch(Plan plan, Progress progress, long start) throws InterruptedException {
        var rule = new LevelRule();
        var permits = new Semaphore(maxInFlight);
        Map<Long, CompletableFuture<Void>> tails = new ConcurrentHashMap<>();
        long deliveries = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            while (plan.deliveries().hasNext()) {
                Planned planned = plan.deliveries().next();
                Delivery delivery = planned.delivery();
                long due = start + planned.offsetNanos();
                awaitTime(due);
                permits.acquire();
                deliveries++;
                Optional<Level> change = rule.count(delivery.courierId(), delivery.onTime());
                Runnable job = () -> {
                    try {
                        change.ifPresent(level -> set(delivery.courierId(), level));
                        pay(delivery, due);
                    } catch (RuntimeException e) {
                        remember("delivery " + delivery.id() + ": " + e);
                    } finally {
                        progress.step();
                        permits.release();
                    }
                };
                CompletableFuture<Void> tail = tails.getOrDefault(delivery.courierId(), DONE)
                        .thenRunAsync(job, threads);
                tails.put(delivery.courierId(), tail);
                // Also when it has ended in the meantime: removing only what is still the tail.
                var _ = tail.whenComplete((_, _) -> tails.remove(delivery.courierId(), tail));
            }
            permits.acquire(maxInFlight);
        }
        return deliveries;
    }

    private void awaitTime(long due) throws InterruptedException {
        long left;
        while ((left = due - clock.getAsLong()) > 0) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private void set(long courierId, Level level) {
        switch (services.setLevel(courierId, level)) {
            case Result.Done _ -> levelChanges.increment();
            case Result.Failed failed -> {
                levelChangesFailed.increment();
                remember("level of courier " + courierId + ": " + failed.reason());
            }
        }
    }

    private void pay(Delivery delivery, long due) {
        long sent = clock.getAsLong();
        Result result = services.pay(delivery);
        long end = clock.getAsLong();
        switch (result) {
            case Result.Done done -> {
                payments.increment();
                if (done.existed()) {
                    existed.increment();
                }
                record(fromIntendedStart, end - due);
                record(fromSending, end - sent);
            }
            case Result.Failed failed -> remember("delivery " + delivery.id() + ": " + failed.reason());
        }
    }

    private ExperimentNumbers settled() throws InterruptedException {
        long start = clock.getAsLong();
        ExperimentNumbers numbers = services.experiment(EXPERIMENT);
        while (numbers.count("in_flight") > 0 && clock.getAsLong() - start < SETTLE_LIMIT.toNanos()) {
            awaitTime(clock.getAsLong() + SETTLE_PERIOD.toNanos());
            numbers = services.experiment(EXPERIMENT);
        }
        return numbers;
    }

    private void remember(String failure) {
        synchronized (failures) {
            if (failures.size() < MAX_FAILURES_SHOWN) {
                failures.add(failure);
            }
        }
    }

    private List<String> failures() {
        synchronized (failures) {
            return List.copyOf(failures);
        }
    }

    private static ConcurrentHistogram histogram() {
        return new ConcurrentHistogram(MAX_LATENCY.toNanos() / 1_000, LATENCY_DIGITS);
    }

    private static void record(ConcurrentHistogram histogram, long nanos) {
        histogram.recordValue(Math.min(Math.max(nanos, 0), MAX_LATENCY.toNanos()) / 1_000);
    }

    private static Summary.Latency latency(ConcurrentHistogram histogram) {
        return histogram.getTotalCount() == 0
                ? new Summary.Latency(-1, -1)
                : new Summary.Latency(histogram.getValueAtPercentile(50), histogram.getValueAtPercentile(99));
    }
}
