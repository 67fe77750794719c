package io.datadrivenchanges.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A small service on a free port, and a client for it.
final class Sample implements AutoCloseable {
    private static final String[] NEEDED = {"server.port=0", "spring.application.name=sample"};

    private final ConfigurableApplicationContext context;
    private final HttpClient client = HttpClient.newHttpClient();

    private Sample(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /// @param properties `key=value`, of the lowest precedence that a service can give them
    static Sample start(String... properties) {
        String[] all = Stream.concat(Arrays.stream(NEEDED), Arrays.stream(properties)).toArray(String[]::new);
        return new Sample(new SpringApplicationBuilder(Service.class).properties(all).run());
    }

    String property(String key) {
        return context.getEnvironment().getRequiredProperty(key);
    }

    HttpResponse<String> get(String path, String... headers) throws Exception {
        return send(request("local.server.port", path, headers).build());
    }

    HttpResponse<String> getManagement(String path) throws Exception {
        return send(request("local.management.port", path).build());
    }

    HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return send(request("local.server.port", path, headers).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)).build());
    }

    /// The whole answer to bytes that no client would send.
    String raw(String portKey, String request) throws IOException {
        try (var socket = connect(portKey)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    Socket connect(String portKey) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(property(portKey)));
        socket.setSoTimeout(20_000);
        return socket;
    }

    static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    static String type(HttpResponse<String> response) {
        return json(response).get("type").asString();
    }

    private HttpRequest.Builder request(String portKey, String path, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + property(portKey) + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request;
    }

    private HttpResponse<String> send(HttpRequest request) throws Exception {
        return client.send(request, BodyHandlers.ofString());
    }

    void release() {
        context.getBean(Things.class).released.countDown();
    }

    void awaitHeld() throws InterruptedException {
        context.getBean(Things.class).held.await();
    }

    @Override
    public void close() {
        client.close();
        context.close();
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(Things.class)
    static class Service {
        @Bean
        AccessRules accessRules() {
            return AccessRules.none().allow(HttpMethod.GET, "/things", "things.read", "things.write")
                    .allow(HttpMethod.GET, "/caller", "things.read")
                    .allow(HttpMethod.POST, "/things", "things.write").allowAnyone(HttpMethod.GET, "/public");
        }
    }

    record Thing(@NotNull(message = "is missing") String name,
            @NotNull(message = "is missing") Long size) {}

    @RestController
    static class Things {
        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        @GetMapping("/things")
        List<Integer> list(@RequestParam(name = "page", defaultValue = "0") int page) {
            return List.of(page);
        }

        @PostMapping("/things")
        Thing create(@RequestBody @Valid Thing thing) {
            return thing;
        }

        @GetMapping("/public")
        String forAnyone() {
            return "hello";
        }

        @GetMapping("/caller")
        Caller caller(HttpServletRequest request) {
            return Caller.of(request);
        }

        @GetMapping("/held")
        String hold() throws InterruptedException {
            held.countDown();
            released.await();
            return "released";
        }

        @GetMapping("/conflict")
        String conflict() {
            throw Problem.of(new ProblemType("thing-conflict", 409, "Two things"), "They differ.")
                    .with("differs", List.of("size")).withHeader("Retry-After", "7").raised();
        }

        @GetMapping("/bug")
        String bug() {
            throw new IllegalStateException("secret");
        }

        @GetMapping("/error-thrown")
        String error() {
            throw new StackOverflowError("secret");
        }

        @GetMapping("/sql/{state}")
        String sql(@PathVariable("state") String state) {
            throw new IllegalStateException(new SQLException("secret", state));
        }
    }
}
