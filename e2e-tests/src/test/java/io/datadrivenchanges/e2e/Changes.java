package io.datadrivenchanges.e2e;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// A steady load of changes on some couriers, in turn, until it is stopped. Every change must be accepted.
///
/// The nth change of a courier makes its version n, and [Level#ofVersion] tells the level of it.
final class Changes implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final ScheduledExecutorService executor = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("changes").daemon().factory());
    private final AtomicLong made = new AtomicLong();
    private final Client client;
    private final List<Long> couriers;
    private final ScheduledFuture<?> running;

    private Changes(Client client, List<Long> couriers) {
        this.client = client;
        this.couriers = List.copyOf(couriers);
        this.running = executor.scheduleWithFixedDelay(this::change, 0, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    static Changes start(Client client, List<Long> couriers) {
        return new Changes(client, couriers);
    }

    private void change() {
        long number = made.get();
        long courier = couriers.get((int) (number % couriers.size()));
        long version = number / couriers.size() + 1;
        Answer answer = client.setPerformance(courier, Level.ofVersion(version));
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        assertThat(answer.json().path("version").longValue()).isEqualTo(version);
        made.incrementAndGet();
    }

    /// Waits until this many more changes are committed.
    void awaitMore(long changes) {
        long goal = made.get() + changes;
        await(changes + " more changes").atMost(LIMIT).until(() -> made.get() >= goal || running.isDone());
        failIfBroken();
    }

    /// Stops changing and answers each courier's last version.
    Map<Long, Long> stop() {
        close();
        failIfBroken();
        var versions = new LinkedHashMap<Long, Long>();
        long all = made.get();
        for (int i = 0; i < couriers.size(); i++) {
            versions.put(couriers.get(i), (all - i + couriers.size() - 1) / couriers.size());
        }
        return versions;
    }

    private void failIfBroken() {
        if (running.isDone() && !running.isCancelled()) {
            try {
                running.get();
            } catch (ExecutionException e) {
                throw new AssertionError("a change was not accepted", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while reading a finished task", e);
            }
        }
    }

    /// Lets the change under way finish; a second call does nothing.
    @Override
    public void close() {
        running.cancel(false);
        executor.close();
    }
}
