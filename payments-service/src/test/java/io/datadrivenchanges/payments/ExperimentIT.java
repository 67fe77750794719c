package io.datadrivenchanges.payments;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.datadrivenchanges.cache.Lookup;
import io.datadrivenchanges.cache.PerformanceLevel;
import io.datadrivenchanges.experiment.Stage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What the experiment counts and says, and that a payment does not notice it.
@ExtendWith(OutputCaptureExtension.class)
class ExperimentIT {
    private static final Duration COUNTED = Duration.ofSeconds(5);
    private static RunningPayments payments;

    private final long courier = RunningPayments.newCourier();

    @BeforeAll
    static void start() {
        payments = new RunningPayments("experiment.period=200ms");
    }

    @AfterAll
    static void stop() {
        payments.close();
    }

    @AfterEach
    void behave() {
        payments.cache.behave(null);
        payments.incentives.behaveWell();
    }

    @Test
    void countsAMatch() {
        payments.incentives.set(courier, "HIGH", 3);
        payments.cache.set(courier, PerformanceLevel.HIGH, 3);

        assertCounts("results_match", 201);
    }

    @Test
    void countsAMatchWhereNeitherKnowsTheCourier() {
        assertCounts("results_match", 201);
    }

    @Test
    void findsAnOlderCopyStaleAndThenConverged(CapturedOutput log) {
        payments.incentives.set(courier, "OUTSTANDING", 3);
        payments.cache.set(courier, PerformanceLevel.HIGH, 2);

        assertCounts("results_do_not_match", 201);
        await("the mismatch is in the log").atMost(COUNTED).untilAsserted(() -> assertThat(log.getOut().lines())
                .anySatisfy(line -> assertThat(line).contains("\"cause\": \"stale\"", "\"input\": \"" + courier + "\"",
                        "OUTSTANDING", "HIGH", "\"control_version\": 3", "\"candidate_version\": 2")));

        payments.cache.set(courier, PerformanceLevel.OUTSTANDING, 3);

        await("how late it was is in the log").atMost(COUNTED).untilAsserted(() -> assertThat(log.getOut().lines())
                .anySatisfy(line -> assertThat(line).contains("\"settled\": \"stale, converged after ",
                        "\"input\": \"" + courier + "\"")));
        assertThat(results().path("converged").longValue()).isPositive();
    }

    @Test
    void countsANewerCopyAsAheadOnceIncentivesHasIt() {
        payments.incentives.set(courier, "HIGH", 3);
        payments.cache.set(courier, PerformanceLevel.NORMAL, 4);

        assertCounts("results_do_not_match", 201);
        payments.incentives.set(courier, "NORMAL", 4);

        await("Incentives confirms it").atMost(COUNTED)
                .until(() -> results().path("candidate_ahead").longValue() > 0);
    }

    @Test
    void suspectsAnotherLevelOfTheSameVersionToHaveDiverged(CapturedOutput log) {
        payments.incentives.set(courier, "HIGH", 3);
        payments.cache.set(courier, PerformanceLevel.NORMAL, 3);

        assertCounts("results_do_not_match", 201);
        await("the mismatch is in the log").atMost(COUNTED).untilAsserted(() -> assertThat(log.getOut().lines())
                .anySatisfy(line -> assertThat(line).contains("\"cause\": \"diverged\"",
                        "\"input\": \"" + courier + "\"")));
    }

    @Test
    void countsACourierThatOnlyOneSideKnows() {
        payments.incentives.set(courier, "NORMAL", 1);
        assertCounts("results_do_not_match", 201);

        payments.cache.behave(_ -> new Lookup.Known(PerformanceLevel.NORMAL, 1, null, Duration.ZERO));
        assertThat(payments.pay(RunningPayments.newDelivery(), RunningPayments.newCourier(), "1").statusCode())
                .isEqualTo(201);
        await().atMost(COUNTED).until(() -> results().path("in_flight").longValue() == 0);
    }

    @Test
    void f108ComparesNothingWhileTheCopyDoesNotKnow() {
        for (Lookup.Reason reason : Lookup.Reason.values()) {
            payments.cache.set(courier, reason);
            assertCounts("incomparable", 201);
        }
    }

    @Test
    void f101PaysWhateverTheCandidateThrows() {
        payments.cache.behave(_ -> {
            throw new StackOverflowError("candidate");
        });

        assertCounts("candidate_failed", 201);
    }

    @Test
    void f100PaysWhileTheCandidateHangs() {
        var released = new CountDownLatch(1);
        payments.cache.behave(_ -> {
            try {
                released.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            return new Lookup.Absent(Duration.ZERO);
        });
        try {
            long start = System.nanoTime();

            assertThat(payments.pay(RunningPayments.newDelivery(), courier, "1").statusCode()).isEqualTo(201);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).as("less than the candidate's limit")
                    .isLessThan(Duration.ofMillis(900));
            await().atMost(COUNTED).until(() -> results().path("in_flight").longValue() == 0);
        } finally {
            released.countDown();
        }
    }

    @Test
    void countsAFailedControl() {
        payments.incentives.behave((exchange, _) -> FakeIncentives.send(exchange, 500, "text/plain", ""));

        assertCounts("control_failed", 503);
    }

    @Test
    void showsBothSidesDurationsInTheOrderOfTheSummaryLine() {
        payments.pay(RunningPayments.newDelivery(), courier, "1");
        await().atMost(COUNTED).until(() -> results().path("in_flight").longValue() == 0);

        String one = payments.get("/experiments/courier-performance").body();

        assertThat(one)
                .startsWith("{\"name\":\"courier-performance\",\"stage\":\"SHADOW\",\"results\":{\"results_match\":")
                .containsPattern("\"durations\":\\{\"control\":\\{\"p50Micros\":[1-9][0-9]*,\"p99Micros\":[1-9][0-9]*,"
                        + "\"maxMicros\":[1-9][0-9]*},\"candidate\":\\{\"p50Micros\":[1-9]");
        assertThat(payments.get("/experiments").body()).startsWith("[{\"name\":\"courier-performance\"").endsWith("}]");
        assertThat(payments.get("/experiments/other").statusCode()).isEqualTo(404);
    }

    @Test
    void writesTheFixedLineEachPeriod(CapturedOutput log) {
        payments.pay(RunningPayments.newDelivery(), courier, "1");

        await("a summary line").atMost(COUNTED).untilAsserted(() -> assertThat(log.getOut().lines())
                .anyMatch(line -> line
                        .matches(".* experiment\\.results +: \\{\"experiment_name\": \"courier-performance\", "
                                + "\"results\": \\{\"results_match\": \\d+, \"results_do_not_match\": \\d+, "
                                + "\"candidate_failed\": \\d+, .*}}")));
    }

    @Test
    void e7AsksNoCandidateWhileOff() {
        long runs = results().path("runs").longValue();
        payments.stage(Stage.OFF);
        try {
            payments.cache.behave(_ -> {
                throw new AssertionError("asked");
            });

            String paid = payments.pay(RunningPayments.newDelivery(), courier, "1").body();

            assertThat(paid).contains("\"stage\":\"OFF\"", "\"source\":\"REST\"");
            assertThat(payments.get("/experiments/courier-performance").body()).contains("\"stage\":\"OFF\"",
                    "\"runs\":" + runs + ",");
        } finally {
            payments.stage(Stage.SHADOW);
        }
    }

    /// Pays once and waits until exactly this was counted for it.
    private void assertCounts(String key, int status) {
        JsonNode before = results();

        assertThat(payments.pay(RunningPayments.newDelivery(), courier, "1").statusCode()).isEqualTo(status);

        await(key).atMost(COUNTED).untilAsserted(() -> {
            JsonNode after = results();
            assertThat(after.path(key).longValue()).as("%s", after).isEqualTo(before.path(key).longValue() + 1);
            assertThat(after.path("runs").longValue()).isEqualTo(before.path("runs").longValue() + 1);
            assertThat(after.path("in_flight").longValue()).isZero();
        });
    }

    private static JsonNode results() {
        return JsonMapper.shared().readTree(payments.get("/experiments/courier-performance").body()).path("results");
    }
}
