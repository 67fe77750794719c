package io.datadrivenchanges.payments;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

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

    private static final String ALL = "/incentives/performance";

    private final NavigableMap<Long, String> answers = new ConcurrentSkipListMap<>();
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Long, Integer> callsAbout = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private volatile Behaviour behaviour = this::fromMap;
    private volatile Behaviour pages = this::page;

    public FakeIncentives() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            if (path.equals(ALL)) {
                try (exchange) {
                    pages.answer(exchange, parameter(exchange, "after"));
                }
                return;
            }
            calls.incrementAndGet();
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

    /// Answers requests for pages like this from now on; told the courier that the page follows.
    public void behaveOnPages(Behaviour next) {
        pages = next;
    }

    public void behaveWell() {
        behaviour = this::fromMap;
        pages = this::page;
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

    public void page(HttpExchange exchange, long after) throws IOException {
        send(exchange, 200, "application/json", answers.tailMap(after, false).values().stream()
                .limit(parameter(exchange, "limit")).collect(Collectors.joining(",", "{\"performances\":[", "]}")));
    }

    public static long parameter(HttpExchange exchange, String name) {
        for (String parameter : exchange.getRequestURI().getQuery().split("&", -1)) {
            if (parameter.startsWith(name + "=")) {
                return Long.parseLong(parameter.substring(name.length() + 1));
            }
        }
        throw new IllegalArgumentException("no " + name);
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
