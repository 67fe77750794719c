package io.datadrivenchanges.e2e;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/// A steady load of payments that goes on whatever breaks, and a journal of what was answered: a delivery that got no answer,
/// or a 503, is asked for again with the same request until it is paid.
final class PaymentLoad implements AutoCloseable {
    private static final Duration RETRY = Duration.ofMillis(100);
    private static final Duration CLOSE = Duration.ofSeconds(60);

    private final Map<String, String> paid = new ConcurrentHashMap<>();
    private final AtomicLong asked = new AtomicLong();
    private final Client client;
    private final String prefix;
    private final List<Long> couriers;
    private final long periodNanos;
    private final Thread thread = Thread.ofPlatform().daemon().name("payment-load").unstarted(this::run);
    private volatile boolean closing;
    private volatile @Nullable Throwable failure;

    private PaymentLoad(Client client, String prefix, List<Long> couriers, int ratePerSecond) {
        this.client = client;
        this.prefix = prefix;
        this.couriers = List.copyOf(couriers);
        this.periodNanos = TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
    }

    /// Starts to pay deliveries with this prefix.
    static PaymentLoad start(Client client, String prefix, List<Long> couriers, int ratePerSecond) {
        var load = new PaymentLoad(client, prefix, couriers, ratePerSecond);
        load.thread.start();
        return load;
    }

    private void run() {
        try {
            payUntilClosed();
        } catch (AssertionError | RuntimeException e) {
            failure = e;
        }
    }

    private void payUntilClosed() {
        for (long due = System.nanoTime(); !closing; due = Math.max(due + periodNanos, System.nanoTime())) {
            LockSupport.parkNanos(due - System.nanoTime());
            long number = asked.getAndIncrement();
            pay(prefix + number, couriers.get((int) (number % couriers.size())));
        }
    }

    private void pay(String delivery, long courier) {
        while (true) {
            try {
                Answer answer = client.pay(delivery, courier, "100.00");
                if (answer.status() == 200 || answer.status() == 201) {
                    paid.put(delivery, answer.body());
                    return;
                }
                assertThat(answer.status()).as("%s", answer.body()).isEqualTo(503);
            } catch (UncheckedIOException _) {
                // Nobody answered: what became of the payment shows when it is asked for again.
            }
            LockSupport.parkNanos(RETRY.toNanos());
        }
    }

    /// Ends the load when the delivery under way is paid.
    ///
    /// @return the answers, by delivery
    Map<String, String> stop() {
        close();
        if (failure != null) {
            throw new AssertionError("a delivery was answered wrongly", failure);
        }
        assertThat((long) paid.size()).as("every delivery asked for is paid").isEqualTo(asked.get());
        return Map.copyOf(paid);
    }

    /// Ends the load when the delivery under way is paid; a second call does nothing.
    @Override
    public void close() {
        closing = true;
        try {
            if (!thread.join(CLOSE)) {
                throw new AssertionError("a delivery was not paid within " + CLOSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ending the load", e);
        }
    }
}
