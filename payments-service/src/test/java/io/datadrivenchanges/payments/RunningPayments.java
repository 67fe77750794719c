package io.datadrivenchanges.payments;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.concurrent.atomic.AtomicLong;

import io.datadrivenchanges.cache.PerformanceCache;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageChange;
import io.datadrivenchanges.experiment.StageRefusedException;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.stack.PostgresServer;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/// payments-service on a free port, on a real database, with Incentives and the cache in the test's hand. Everything it
/// offers is thread-safe.
public final class RunningPayments implements AutoCloseable {
    private static final AtomicLong SEQUENCE = new AtomicLong();
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration ANSWER = Duration.ofSeconds(20);

    public final FakeIncentives incentives = new FakeIncentives();
    public final FakeCache cache = new FakeCache();
    private final ConfigurableApplicationContext context;

    public RunningPayments(String... settings) {
        var arguments = new LinkedHashMap<String, String>();
        arguments.put("server.port", "0");
        arguments.put("spring.datasource.url", Database.SERVER.jdbcUrl("payments"));
        arguments.put("payments.incentives.base-url", incentives.address().toString());
        arguments.put("performance.cache.enabled", "false");
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            arguments.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        var application = new SpringApplication(PaymentsApplication.class);
        application.addInitializers(
                starting -> ((GenericApplicationContext) starting).registerBean("fakeCache", PerformanceCache.class,
                        () -> cache));
        context = application.run(arguments.entrySet().stream().map(argument -> "--" + argument)
                .toArray(String[]::new));
    }

    /// One server for all tests of this JVM.
    private static final class Database {
        static final PostgresServer SERVER = start();

        private static PostgresServer start() {
            try (InputStream roles = PaymentsApplication.class.getResourceAsStream("/database/roles.sql")) {
                var server = PostgresServer.start(Files.createTempDirectory(Files.createDirectories(
                        java.nio.file.Path.of("target", "postgres").toAbsolutePath()), "it"), 0);
                if (roles == null) {
                    throw new IllegalStateException("no roles.sql");
                }
                server.run(new String(roles.readAllBytes(), StandardCharsets.UTF_8));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public static PostgresServer postgres() {
        return Database.SERVER;
    }

    /// The database as a role that exists.
    public static JdbcClient sql(String role) {
        return JdbcClient.create(new DriverManagerDataSource(Database.SERVER.jdbcUrl("payments"), role, role));
    }

    public int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    public URI at(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /// A delivery id that no other test uses.
    public static String newDelivery() {
        return "d-" + SEQUENCE.incrementAndGet();
    }

    /// A courier that no other test uses.
    public static long newCourier() {
        return 1_000_000 + SEQUENCE.incrementAndGet();
    }

    public static String order(String deliveryId, long courierId, String amount) {
        return "{\"deliveryId\":\"%s\",\"courierId\":%d,\"amount\":%s}".formatted(deliveryId, courierId, amount);
    }

    public HttpResponse<String> pay(String deliveryId, long courierId, String amount) {
        return post(order(deliveryId, courierId, amount));
    }

    /// Posts to `/payments`; headers are name, value, name, value, ….
    public HttpResponse<String> post(String body, String... headers) {
        return send("POST", "/payments", body, headers);
    }

    public HttpResponse<String> postTo(String path, String body) {
        return send("POST", path, body);
    }

    public HttpResponse<String> put(String path, String body, String... headers) {
        return send("PUT", path, body, headers);
    }

    public HttpResponse<String> get(String path, String... headers) {
        return send(with(headers, HttpRequest.newBuilder(at(path))));
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) {
        return send(with(headers, HttpRequest.newBuilder(at(path)).header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))));
    }

    private static HttpRequest.Builder with(String[] headers, HttpRequest.Builder request) {
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return request;
    }

    /// Moves the experiment to a stage, whatever stages lie between; it is shared by everything on this database, and starts at
    /// SHADOW.
    public void stage(Stage stage) {
        try {
            bean(StageSwitch.class)
                    .change(new StageChange("courier-performance", stage, stage == Stage.CANARY ? 50 : 0, "test",
                            "test", "test"));
        } catch (StageRefusedException e) {
            throw new AssertionError(e);
        }
    }

    public static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.timeout(ANSWER).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        context.close();
        incentives.close();
    }
}
