package io.datadrivenchanges.benchmarks.payments;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.datadrivenchanges.benchmarks.measurement.Latencies;
import io.datadrivenchanges.benchmarks.measurement.OpenLoop;

/// The two loads on Payments, on a fixed number of connections. Confined to one thread.
final class PaymentLoad implements AutoCloseable {
    private static final long FAILED = -1;

    private final PaymentsClient client;
    private final int connections;
    private final ExecutorService threads;

    PaymentLoad(PaymentsClient client, int connections) {
        this.client = client;
        this.connections = connections;
        threads = Executors.newFixedThreadPool(connections, Thread.ofPlatform().name("connection-", 0).factory());
    }

    /// As many payments as go through: each connection pays the next delivery as soon as its last one is paid.
    Saturated saturate(Variant variant, Duration length) throws InterruptedException, ExecutionException {
        long start = System.nanoTime();
        Callable<Latencies> connection = () -> {
            var latencies = new Latencies();
            for (long begun = start; begun - start < length.toNanos();) {
                boolean paid = client.pay(variant);
                long ended = System.nanoTime();
                count(latencies, paid ? ended - begun : FAILED);
                begun = ended;
            }
            return latencies;
        };
        List<Callable<Latencies>> each = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            each.add(connection);
        }
        var all = new Latencies();
        for (Future<Latencies> one : threads.invokeAll(each)) {
            all.add(one.get());
        }
        return new Saturated(all.count() * 1e9 / (System.nanoTime() - start), all.count(), all.lost());
    }

    /// Payments at a fixed rate. What a payment took counts from when it was due, so that waiting for a connection, or for
    /// the payments before it, counts.
    Latencies pace(Variant variant, double rate, Duration length) throws InterruptedException, ExecutionException {
        int payments = (int) Math.ceil(rate * length.toNanos() / 1e9);
        List<Future<Long>> took = new ArrayList<>();
        new OpenLoop(rate).run(payments, (_, due) -> took
                .add(threads.submit(() -> client.pay(variant) ? System.nanoTime() - due : FAILED)));
        var latencies = new Latencies();
        for (Future<Long> one : took) {
            count(latencies, one.get());
        }
        return latencies;
    }

    private static void count(Latencies latencies, long nanos) {
        if (nanos == FAILED) {
            latencies.addLost();
        } else {
            latencies.addMicros(TimeUnit.NANOSECONDS.toMicros(nanos));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /// What went through.
    record Saturated(double perSecond, long paid, long failed) {}
}
