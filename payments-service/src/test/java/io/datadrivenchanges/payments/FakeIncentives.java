package io.datadrivenchanges.payments;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// Incentives as a test needs it: answers from a map, or however badly the test wants. Thread-safe.
public final class FakeIncentives implements AutoCloseable {
    static {
        // Otherwise each answer waits 40 ms for the client's delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /// What answers a request.
    @FunctionalInterface
    public interface Behaviour {
        void answer(HttpExchange exchange, long courierId) throws IOException;
    }

    private final Map<Long, String> answers = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Long, Integer> callsAbout = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private volatile Behaviour behaviour = this::fromMap;

    public FakeIncentives() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            String path = exchange.getRequestURI().getPath();
            long courierId = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
            callsAbout.merge(courierId, 1, Integer::sum);
            try (exchange) {
                behaviour.answer(exchange, courierId);
            }
        });
        server.start();
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public void set(long courierId, String level, long version) {
        answers.put(courierId, body(courierId, level, version));
    }

    public void behave(Behaviour next) {
        behaviour = next;
    }

    public void behaveWell() {
        behaviour = this::fromMap;
    }

    public int calls() {
        return calls.get();
    }

    /// Calls about one courier: others may still be asked about, as their mismatches are looked at again.
    public int calls(long courierId) {
        return callsAbout.getOrDefault(courierId, 0);
    }

    public static String body(long courierId, String level, long version) {
        return """
                {"courierId":%d,"performance":"%s","version":%d,"updatedAt":"2026-01-02T03:04:05.678901Z"}"""
                .formatted(courierId, level, version);
    }

    public static void send(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private void fromMap(HttpExchange exchange, long courierId) throws IOException {
        String answer = answers.get(courierId);
        if (answer == null) {
            send(exchange, 404, "application/problem+json", "{\"type\":\"/problems/courier-unknown\",\"status\":404}");
        } else {
            send(exchange, 200, "application/json", answer);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
