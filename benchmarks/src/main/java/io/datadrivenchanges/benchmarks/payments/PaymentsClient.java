package io.datadrivenchanges.benchmarks.payments;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import io.datadrivenchanges.traffic.ExperimentNumbers;
import org.jspecify.annotations.Nullable;

/// Payments over HTTP, with as little work as possible on this side: it is the same two cores that are measured. Hence the
/// client of the JDK that works on the caller's thread, which keeps one connection open for each thread. Thread-safe.
final class PaymentsClient {
    private static final String EXPERIMENT = "/experiments/courier-performance";
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    private final URI payments;
    private final int couriers;
    private final AtomicLong deliveries = new AtomicLong();

    /// @param connections how many threads will use it
    /// @param couriers    deliveries are those of couriers 1 to this number, in turn
    PaymentsClient(URI payments, int connections, int couriers) {
        this.payments = payments;
        this.couriers = couriers;
        // Else no more than five are kept, and the others are made anew for each payment.
        System.setProperty("http.maxConnections", Integer.toString(connections));
    }

    /// Pays a new delivery.
    ///
    /// @return whether it was paid, and in the way of this variant
    boolean pay(Variant variant) {
        long number = deliveries.incrementAndGet();
        String delivery = "{\"deliveryId\":\"b-%d\",\"courierId\":%d,\"amount\":12.34}"
                .formatted(number, 1 + number % couriers);
        try {
            return variant.made(send("POST", "/payments", delivery));
        } catch (IOException _) {
            return false;
        }
    }

    /// Brings the experiment to another stage, whatever lies between.
    void moveTo(Variant variant) {
        now("PUT", EXPERIMENT + "/stage",
                "{\"stage\":\"%s\",\"reason\":\"a benchmark\",\"override\":\"benchmark\"}".formatted(variant.name()));
    }

    /// What the experiment has counted and timed since Payments was started.
    ExperimentNumbers experiment() {
        return ExperimentNumbers.parse(now("GET", EXPERIMENT, null));
    }

    private String now(String method, String path, @Nullable String body) {
        try {
            return send(method, path, body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String send(String method, String path, @Nullable String body) throws IOException {
        var connection = (HttpURLConnection) payments.resolve(path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setConnectTimeout((int) CONNECT_LIMIT.toMillis());
        connection.setReadTimeout((int) ANSWER_LIMIT.toMillis());
        if (body != null) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(bytes.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(bytes);
            }
        }
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
