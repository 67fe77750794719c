package io.datadrivenchanges.payments;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.datadrivenchanges.cache.Lookup;
import io.datadrivenchanges.cache.PerformanceLevel;
import io.datadrivenchanges.experiment.Stage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/// Who decides at which stage, and what happens when they cannot.
class ServingIT {
    private static final Duration COUNTED = Duration.ofSeconds(5);
    private static final Duration ANSWERED = Duration.ofSeconds(15);
    private static RunningPayments payments;

    private final long courier = RunningPayments.newCourier();

    @BeforeAll
    static void start() {
        payments = new RunningPayments();
    }

    @AfterAll
    static void stop() {
        payments.close();
    }

    @AfterEach
    void heal() {
        payments.cache.behave(null);
        payments.incentives.behaveWell();
        payments.stage(Stage.SHADOW);
    }

    private String paid() {
        HttpResponse<String> answer = payments.pay(RunningPayments.newDelivery(), courier, "100.00");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return answer.body();
    }

    /// Both the answer and the row say so.
    private static void assertPaid(String payment, String total, String source, @Nullable String fallback,
            Stage stage) {
        String why = fallback == null ? "null" : "\"" + fallback + "\"";
        assertThat(payment).contains("\"total\":" + total + ",", "\"source\":\"" + source + "\",\"fallback\":" + why
                + ",\"stage\":\"" + stage + "\"");
        Map<String, @Nullable Object> row = RunningPayments.sql("pay_app")
                .sql("SELECT source, fallback, stage FROM payments WHERE delivery_id = :delivery")
                .param("delivery", JsonMapper.shared().readTree(payment).path("deliveryId").asString()).query()
                .singleRow();
        assertThat(row).containsEntry("source", source).containsEntry("fallback", fallback).containsEntry("stage",
                stage.name());
    }

    /// The two sides differ, so that the total tells who decided.
    private void disagree() {
        payments.incentives.set(courier, "HIGH", 3);
        payments.cache.set(courier, PerformanceLevel.OUTSTANDING, 4);
    }

    @ParameterizedTest
    @EnumSource(names = {"OFF", "SHADOW"})
    void incentivesDecidesBeforeTheCanary(Stage stage) {
        disagree();
        payments.stage(stage);

        assertPaid(paid(), "110.00", "REST", null, stage);
    }

    @Test
    void theCopyDecidesForItsShareOfTheCouriersAtCanary() {
        payments.stage(Stage.CANARY);
        int fromCache = 0;
        for (int i = 0; i < 60; i++) {
            long one = RunningPayments.newCourier();
            payments.incentives.set(one, "HIGH", 3);
            payments.cache.set(one, PerformanceLevel.OUTSTANDING, 4);
            String first = payments.pay(RunningPayments.newDelivery(), one, "100.00").body();
            boolean cache = first.contains("\"source\":\"CACHE\"");

            assertThat(first).contains(cache ? "\"total\":120.00" : "\"total\":110.00", "\"stage\":\"CANARY\"");
            assertThat(payments.pay(RunningPayments.newDelivery(), one, "100.00").body()).as("always the same couriers")
                    .contains(cache ? "\"source\":\"CACHE\"" : "\"source\":\"REST\"");
            fromCache += cache ? 1 : 0;
        }
        assertThat(fromCache).as("half of them, by the hash of the courier").isBetween(12, 48);
    }

    @Test
    void theCopyDecidesAtLiveAndIncentivesIsNotAsked() {
        disagree();
        payments.stage(Stage.LIVE);
        long asked = payments.incentives.calls(courier);

        for (int i = 0; i < 10; i++) {
            assertPaid(paid(), "120.00", "CACHE", null, Stage.LIVE);
        }

        assertThat(payments.incentives.calls(courier) - asked).as("a sample at most").isLessThanOrEqualTo(2);
    }

    static Stream<Arguments> fallbacks() {
        return Stream.of(arguments(new Lookup.Absent(Duration.ZERO), "MISS"),
                arguments(new Lookup.Unknown(Lookup.Reason.STALE), "STALE"),
                arguments(new Lookup.Unknown(Lookup.Reason.STARTING), "ERROR"),
                arguments(new Lookup.Unknown(Lookup.Reason.REBUILDING), "ERROR"),
                arguments(new Lookup.Unknown(Lookup.Reason.POISONED), "ERROR"),
                arguments(new Lookup.Unknown(Lookup.Reason.UNTRUSTED), "ERROR"),
                arguments(new Lookup.Unknown(Lookup.Reason.STOPPED), "ERROR"),
                arguments(new Lookup.Unknown(Lookup.Reason.DISABLED), "ERROR"));
    }

    @ParameterizedTest
    @MethodSource("fallbacks")
    void incentivesDecidesAtLiveWhereTheCopyCannot(Lookup answer, String fallback) {
        payments.incentives.set(courier, "HIGH", 3);
        payments.cache.behave(_ -> answer);
        payments.stage(Stage.LIVE);

        assertPaid(paid(), "110.00", "REST", fallback, Stage.LIVE);
    }

    @Test
    void incentivesDecidesAtLiveWhereTheCopyThrows() {
        payments.incentives.set(courier, "HIGH", 3);
        payments.cache.behave(_ -> {
            throw new IllegalStateException("copy");
        });
        payments.stage(Stage.LIVE);

        assertPaid(paid(), "110.00", "REST", "ERROR", Stage.LIVE);
    }

    @ParameterizedTest
    @EnumSource(names = {"OFF", "COMPLETE"}, mode = Mode.EXCLUDE)
    void p10PaysNothingWhereNobodyWhoMayDecideCanSay(Stage stage) {
        payments.cache.set(courier, Lookup.Reason.STALE);
        payments.incentives.behave((exchange, _) -> FakeIncentives.send(exchange, 500, "text/plain", ""));
        payments.stage(stage);
        String delivery = RunningPayments.newDelivery();

        HttpResponse<String> refused = payments.pay(delivery, courier, "5");

        IdempotencyIT.assertProblem(refused, 503, "performance-unavailable");
        assertThat(refused.headers().firstValue("Retry-After").orElse("")).matches("[1-3]");
        assertThat(payments.get("/payments/" + delivery).statusCode()).isEqualTo(404);
        payments.incentives.behaveWell();
        await("the circuit is closed").atMost(Duration.ofSeconds(20)).untilAsserted(
                () -> assertThat(payments.pay(delivery, courier, "5").statusCode()).isEqualTo(201));
    }

    @Test
    void asksIncentivesNoMoreThanItsBulkheadAllowsWhereTheCopyCannotAnswer() throws InterruptedException {
        payments.stage(Stage.LIVE);
        var inside = new CountDownLatch(2);
        var released = new CountDownLatch(1);
        try (var bounded = new RunningPayments("payments.incentives.max-calls=2",
                "payments.incentives.read-timeout=20s");
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            bounded.cache.behave(_ -> new Lookup.Unknown(Lookup.Reason.STALE));
            FakeIncentives.Behaviour answers = (exchange, id) -> FakeIncentives.send(exchange, 200, "application/json",
                    FakeIncentives.body(id, "HIGH", 3));
            bounded.incentives.behave((exchange, id) -> {
                inside.countDown();
                hold(released);
                answers.answer(exchange, id);
            });
            Future<HttpResponse<String>> one = callers
                    .submit(() -> bounded.pay(RunningPayments.newDelivery(), RunningPayments.newCourier(), "100.00"));
            Future<HttpResponse<String>> two = callers
                    .submit(() -> bounded.pay(RunningPayments.newDelivery(), RunningPayments.newCourier(), "100.00"));
            assertThat(inside.await(COUNTED.toSeconds(), TimeUnit.SECONDS)).isTrue();

            HttpResponse<String> third = bounded.pay(RunningPayments.newDelivery(), courier, "100.00");

            IdempotencyIT.assertProblem(third, 503, "performance-unavailable");
            released.countDown();
            for (Future<HttpResponse<String>> answer : List.of(one, two)) {
                await("paid by Incentives").atMost(COUNTED).until(answer::isDone);
                assertPaid(answer.resultNow().body(), "110.00", "REST", "STALE", Stage.LIVE);
            }
        } finally {
            released.countDown();
        }
    }

    @Test
    void asksIncentivesOnceForPaymentsOfOneCourierAtTheSameTime() {
        payments.stage(Stage.LIVE);
        int callers = 50;
        var lookups = new AtomicInteger();
        var released = new CountDownLatch(1);
        try (var bounded = new RunningPayments("payments.incentives.max-calls=1",
                "payments.incentives.read-timeout=20s");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            bounded.cache.behave(_ -> {
                lookups.incrementAndGet();
                return new Lookup.Unknown(Lookup.Reason.STALE);
            });
            bounded.incentives.behave((exchange, id) -> {
                hold(released);
                FakeIncentives.send(exchange, 200, "application/json", FakeIncentives.body(id, "HIGH", 3));
            });
            List<Future<HttpResponse<String>>> answers = IntStream.range(0, callers)
                    .mapToObj(_ -> threads
                            .submit(() -> bounded.pay(RunningPayments.newDelivery(), courier, "100.00")))
                    .toList();
            await("all have found the copy stale").atMost(ANSWERED).until(() -> lookups.get() == callers);

            released.countDown();

            // There is room for one call at a time: whoever had asked by itself beside it would have been refused.
            for (Future<HttpResponse<String>> answer : answers) {
                await("paid by Incentives").atMost(ANSWERED).until(answer::isDone);
                assertPaid(answer.resultNow().body(), "110.00", "REST", "STALE", Stage.LIVE);
            }
            assertThat(bounded.incentives.calls(courier)).isLessThan(callers);
        } finally {
            released.countDown();
        }
    }

    private static void hold(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theCopyAloneDecidesAtComplete() {
        disagree();
        payments.stage(Stage.COMPLETE);
        long asked = payments.incentives.calls(courier);

        assertPaid(paid(), "120.00", "CACHE", null, Stage.COMPLETE);

        assertThat(payments.incentives.calls(courier)).isEqualTo(asked);
    }

    @Test
    void aCourierThatTheCompleteCopyDoesNotHaveIsUnknown() {
        payments.incentives.set(courier, "HIGH", 3);
        payments.stage(Stage.COMPLETE);

        String payment = paid();

        assertPaid(payment, "100.00", "CACHE", null, Stage.COMPLETE);
        assertThat(payment).contains("\"performance\":\"NORMAL\",\"performanceVersion\":null,\"courierKnown\":false");
    }

    @ParameterizedTest
    @EnumSource
    void paysNothingAtCompleteWhileTheCopyDoesNotKnow(Lookup.Reason reason) {
        payments.incentives.set(courier, "HIGH", 3);
        payments.cache.set(courier, reason);
        payments.stage(Stage.COMPLETE);
        long asked = payments.incentives.calls(courier);
        String delivery = RunningPayments.newDelivery();

        IdempotencyIT.assertProblem(payments.pay(delivery, courier, "5"), 503, "performance-unavailable");

        assertThat(payments.get("/payments/" + delivery).statusCode()).isEqualTo(404);
        assertThat(payments.incentives.calls(courier)).isEqualTo(asked);
    }

    @Test
    void p9NoRowHasTheCopyAsSourceWhereTheStageDoesNotAllowIt() {
        for (Stage stage : Stage.values()) {
            payments.stage(stage);
            disagree();
            paid();
        }

        List<@Nullable String> wrong = RunningPayments.sql("pay_app").sql("""
                SELECT delivery_id FROM payments
                WHERE (source = 'CACHE' AND stage NOT IN ('CANARY', 'LIVE', 'COMPLETE'))
                   OR (source = 'REST' AND stage = 'COMPLETE')
                   OR (fallback IS NOT NULL AND stage NOT IN ('CANARY', 'LIVE'))
                   OR (source = 'REST' AND stage = 'LIVE' AND fallback IS NULL)""").query(String.class).list();
        assertThat(wrong).isEmpty();
    }

    @Test
    void comparesASampleOfWhatTheCopyAnswersAtLive() {
        disagree();
        payments.stage(Stage.LIVE);
        JsonNode before = results();

        for (int i = 0; i < 20; i++) {
            paid();
        }

        await("each payment is a run").atMost(COUNTED).untilAsserted(() -> {
            JsonNode after = results();
            assertThat(after.path("runs").longValue()).isEqualTo(before.path("runs").longValue() + 20);
            assertThat(after.path("in_flight").longValue()).isZero();
        });
    }

    private static JsonNode results() {
        return JsonMapper.shared().readTree(payments.get("/experiments/courier-performance").body()).path("results");
    }
}
