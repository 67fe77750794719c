package io.datadrivenchanges.payments.performance;

import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.datadrivenchanges.cache.PerformanceLevel;
import io.datadrivenchanges.payments.FakeIncentives;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/// What is taken for an answer, and how long anything else can hold a payment.
class IncentivesClientTest {
    private static final long COURIER = 42;
    private static final Duration CIRCUIT_CLOSED = Duration.ofSeconds(15);

    private final FakeIncentives incentives = new FakeIncentives();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final CountDownLatch released = new CountDownLatch(1);
    private final IncentivesClient client = client(incentives.address());

    /// The first call of a process loads classes, which is not what the limits are about.
    @BeforeAll
    static void loadClasses() throws Exception {
        try (var first = new FakeIncentives()) {
            first.set(COURIER, "HIGH", 1);
            new IncentivesClient(RestClient.builder(), new IncentivesProperties(first.address(), Duration.ofSeconds(10),
                    Duration.ofSeconds(10), 1, null), new SimpleMeterRegistry()).fetch(COURIER);
        }
    }

    @AfterEach
    void stop() {
        released.countDown();
        incentives.close();
    }

    private IncentivesClient client(URI address) {
        return new IncentivesClient(RestClient.builder(),
                new IncentivesProperties(address, Duration.ofMillis(300), Duration.ofMillis(500), 48, null), meters);
    }

    @Test
    void sendsTheTokenThatTheFileHoldsAtThatTime(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "first.token\n");
        IncentivesClient bearer = withToken(file);
        BlockingQueue<List<String>> sent = new LinkedBlockingQueue<>();
        incentives.behave((exchange, courier) -> {
            sent.add(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
            FakeIncentives.send(exchange, 200, "application/json", FakeIncentives.body(courier, "HIGH", 1));
        });

        client.fetch(COURIER);
        bearer.fetch(COURIER);
        Files.writeString(file, "second.token");
        bearer.fetch(COURIER);

        assertThat(sent).containsExactly(List.of(), List.of("Bearer first.token"), List.of("Bearer second.token"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "two tokens", "a\r\nX: 1", "тoken"})
    void asksNobodyWithoutAToken(String content, @TempDir Path folder) throws Exception {
        IncentivesClient bearer = withToken(Files.writeString(folder.resolve("token"), content));

        assertThatThrownBy(() -> bearer.fetch(COURIER)).isInstanceOf(PerformanceUnavailableException.class)
                .hasMessageStartingWith("There is no access token for Incentives: ")
                .hasMessageEndingWith("token holds no token");
        assertThat(incentives.calls()).isZero();
    }

    @Test
    void asksNobodyWhenTheTokenIsGone(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "a.token");
        IncentivesClient bearer = withToken(file);
        Files.delete(file);

        assertThatThrownBy(() -> bearer.fetch(COURIER)).hasMessageStartingWith("There is no access token");
        assertThat(incentives.calls()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void saysThatTheTokenIsNotAccepted(int status) {
        incentives.behave((exchange, _) -> FakeIncentives.send(exchange, status, "application/problem+json",
                "{\"type\":\"/problems/unauthenticated\"}"));

        assertThatThrownBy(() -> client.fetch(COURIER)).isInstanceOf(PerformanceUnavailableException.class)
                .hasMessage("Incentives answered %d: see payments.incentives.token-file", status);
        assertThat(incentives.calls()).isOne();
    }

    @Test
    void doesNotStartWithATokenFileThatIsNotThere(@TempDir Path folder) {
        assertThatThrownBy(() -> withToken(folder.resolve("nothing")))
                .hasMessageContaining("payments.incentives.token-file is no readable file");
    }

    private IncentivesClient withToken(Path file) {
        return new IncentivesClient(RestClient.builder(), new IncentivesProperties(incentives.address(),
                Duration.ofMillis(300), Duration.ofMillis(500), 48, file), meters);
    }

    @Test
    void readsLevelAndVersionAndIgnoresWhatElseIsThere() throws Exception {
        incentives.behave((exchange, courier) -> FakeIncentives.send(exchange, 200, "application/json;charset=UTF-8",
                FakeIncentives.body(courier, "OUTSTANDING", 7).replace("}", ",\"more\":{}}")));

        assertThat(client.fetch(COURIER)).isEqualTo(new Performance(PerformanceLevel.OUTSTANDING, 7));
        assertThat(calls("ok")).isOne();
    }

    @Test
    void knowsThatIncentivesDoesNotKnowACourier() throws Exception {
        assertThat(client.fetch(COURIER)).isEqualTo(Performance.UNKNOWN_COURIER);
        assertThat(calls("unknown_courier")).isOne();
    }

    @Test
    void countsAVersionOlderThanOneSeen() throws Exception {
        incentives.set(COURIER, "HIGH", 2);
        client.fetch(COURIER);
        incentives.set(COURIER, "NORMAL", 1);

        assertThat(client.fetch(COURIER).version()).isOne();
        assertThat(meters.counter("incentives.version.regressions").count()).isOne();
    }

    static Stream<Arguments> f44WrongAnswers() {
        String right = FakeIncentives.body(COURIER, "HIGH", 7);
        return Stream.of(arguments("another courier", 200, "application/json", FakeIncentives.body(43, "HIGH", 7)),
                arguments("unknown level", 200, "application/json", FakeIncentives.body(COURIER, "SUPER", 7)),
                arguments("lower case level", 200, "application/json", FakeIncentives.body(COURIER, "high", 7)),
                arguments("level null", 200, "application/json", right.replace("\"HIGH\"", "null")),
                arguments("level missing", 200, "application/json", right.replace("performance", "level")),
                arguments("version 0", 200, "application/json", FakeIncentives.body(COURIER, "HIGH", 0)),
                arguments("negative version", 200, "application/json", FakeIncentives.body(COURIER, "HIGH", -1)),
                arguments("version with fraction", 200, "application/json", right.replace(":7,", ":7.0,")),
                arguments("version as text", 200, "application/json", right.replace(":7,", ":\"7\",")),
                arguments("version beyond 2^53", 200, "application/json", right.replace(":7,", ":9007199254740992,")),
                arguments("level twice", 200, "application/json",
                        right.replace("}", ",\"performance\":\"NORMAL\"}")),
                arguments("two objects", 200, "application/json", right + right),
                arguments("array", 200, "application/json", "[" + right + "]"),
                arguments("null", 200, "application/json", "null"),
                arguments("half an object", 200, "application/json", right.substring(0, 20)),
                arguments("nothing", 200, "application/json", ""),
                arguments("HTML", 200, "text/html", "<html>Please log in</html>"),
                arguments("right body as HTML", 200, "text/html", right),
                arguments("unreadable content type", 200, "json", right),
                arguments("17 KiB", 200, "application/json", " ".repeat(17 * 1024) + right),
                arguments("10 MB", 200, "application/json", "x".repeat(10_000_000)),
                arguments("201", 201, "application/json", right),
                arguments("204", 204, "application/json", ""),
                arguments("301", 301, "text/html", ""),
                arguments("400", 400, "application/problem+json", "{\"type\":\"/problems/bad-request\"}"),
                arguments("401", 401, "application/problem+json", "{\"type\":\"/problems/unauthenticated\"}"),
                arguments("429", 429, "application/problem+json", "{\"type\":\"/problems/rate-limited\"}"),
                arguments("500", 500, "application/json", right),
                arguments("a proxy's 404", 404, "text/html", "<html>no such page</html>"),
                arguments("404 of another kind", 404, "application/problem+json", "{\"type\":\"/problems/not-found\"}"),
                arguments("404 as plain JSON", 404, "application/json", "{\"type\":\"/problems/courier-unknown\"}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void f44WrongAnswers(String what, int status, String type, String body) {
        incentives.behave((exchange, _) -> {
            exchange.getResponseHeaders().set("Location", incentives.address().toString());
            FakeIncentives.send(exchange, status, type, body);
        });

        assertThat(failure().outcome()).as(what).isEqualTo("invalid");
        assertThat(calls("invalid")).isOne();
        assertThat(incentives.calls()).as("calls, so redirects and retries too").isOne();
    }

    @Test
    void f43EndsAnAnswerThatHangs() {
        incentives.behave((_, _) -> hang());

        assertEndsInTime("timeout");
        assertThat(incentives.calls()).as("who is slow gets no more work").isOne();
    }

    @Test
    void f43EndsAnAnswerThatHangsAfterItsHeaders() {
        incentives.behave((exchange, _) -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().flush();
            hang();
        });

        assertEndsInTime("timeout");
        assertThat(incentives.calls()).isOne();
    }

    @Test
    void f43EndsAnAnswerThatDrips() {
        incentives.behave((exchange, courier) -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                for (byte next : FakeIncentives.body(courier, "HIGH", 1).getBytes(StandardCharsets.UTF_8)) {
                    out.write(next);
                    out.flush();
                    pause();
                }
            }
        });

        assertEndsInTime("timeout");
    }

    @Test
    void f21FailsFastWhereNobodyListens() {
        URI nobody = incentives.address();
        incentives.close();

        long start = System.nanoTime();
        var failure = catchThrowableOfType(PerformanceUnavailableException.class, () -> client(nobody).fetch(COURIER));

        assertThat(failure.outcome()).isEqualTo("refused");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(850));
    }

    @Test
    void asksOnceMoreAfterAQuickRefusal() throws Exception {
        incentives.behave((exchange, courier) -> {
            if (incentives.calls() == 1) {
                FakeIncentives.send(exchange, 503, "text/plain", "");
            } else {
                FakeIncentives.send(exchange, 200, "application/json", FakeIncentives.body(courier, "HIGH", 1));
            }
        });

        assertThat(client.fetch(COURIER).level()).isEqualTo(PerformanceLevel.HIGH);
        assertThat(incentives.calls()).isEqualTo(2);
        assertThat(meters.counter("incentives.retries").count()).isOne();
    }

    @Test
    void f42OpensTheCircuitAndClosesItAgain() {
        incentives.set(COURIER, "HIGH", 1);
        incentives.behave((exchange, _) -> FakeIncentives.send(exchange, 502, "text/plain", ""));

        for (int i = 0; i < 40; i++) {
            failure();
        }
        assertThat(calls("refused")).isEqualTo(20);
        assertThat(calls("circuit_open")).isEqualTo(20);
        assertThat(incentives.calls()).as("20 calls and at most a tenth more").isBetween(20, 23);

        incentives.behaveWell();
        await("circuit closes").atMost(CIRCUIT_CLOSED).ignoreException(PerformanceUnavailableException.class)
                .untilAsserted(() -> assertThat(client.fetch(COURIER).version()).isOne());
    }

    @Test
    void f06BoundsWhatAHangingIncentivesHolds() throws Exception {
        var inside = new CountDownLatch(48);
        incentives.behave((_, _) -> {
            inside.countDown();
            hang();
        });
        List<Future<?>> held = new ArrayList<>();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 48; i++) {
                held.add(callers.submit(this::failure));
            }
            assertThat(inside.await(2, TimeUnit.SECONDS)).isTrue();

            long start = System.nanoTime();
            assertThatThrownBy(() -> client.fetch(COURIER)).isInstanceOf(PerformanceUnavailableException.class);

            assertThat(calls("bulkhead_full")).isOne();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(200));
        }
        assertThat(held).allMatch(Future::isDone);
    }

    private void assertEndsInTime(String outcome) {
        long start = System.nanoTime();
        assertThat(failure().outcome()).isEqualTo(outcome);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(850));
    }

    private PerformanceUnavailableException failure() {
        return catchThrowableOfType(PerformanceUnavailableException.class, () -> client.fetch(COURIER));
    }

    private double calls(String outcome) {
        return meters.counter("incentives.calls", "outcome", outcome).count();
    }

    private void hang() {
        try {
            assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void pause() {
        try {
            if (released.await(50, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the test is over");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
