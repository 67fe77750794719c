package io.datadrivenchanges.traffic;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// Payments and Incentives as one HTTP server that answers what a test tells it to, and else that all is well.
final class FakeServices implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Queue<Integer> nextStatuses = new ConcurrentLinkedQueue<>();
    private final Queue<String> nextExperiments = new ConcurrentLinkedQueue<>();

    FakeServices() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/payments", exchange -> answer(exchange, 201));
        server.createContext("/incentives", exchange -> answer(exchange, 200));
        server.createContext("/experiments/courier-performance", this::experiment);
        server.setExecutor(threads);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /// Method, path and body of every request that was not about the experiment.
    List<String> requests() {
        return requests;
    }

    /// Statuses for the next requests; -1 cuts the connection.
    void next(Integer... statuses) {
        nextStatuses.addAll(List.of(statuses));
    }

    void nextExperiments(String... bodies) {
        nextExperiments.addAll(List.of(bodies));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }

    private void answer(HttpExchange exchange, int usual) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
        Integer told = nextStatuses.poll();
        if (told != null && told == -1) {
            exchange.close();
            return;
        }
        respond(exchange, told == null ? usual : told, "{}");
    }

    private void experiment(HttpExchange exchange) throws IOException {
        String told = nextExperiments.poll();
        respond(exchange, 200, told == null ? "{\"stage\":\"SHADOW\",\"results\":{\"in_flight\":0}}" : told);
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
