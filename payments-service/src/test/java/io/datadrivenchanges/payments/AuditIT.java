package io.datadrivenchanges.payments;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.datadrivenchanges.cache.Lookup;
import io.datadrivenchanges.cache.PerformanceLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// All couriers of Incentives and of the cache are compared when somebody asks for it, whether they are paid or not.
@ExtendWith(OutputCaptureExtension.class)
class AuditIT {
    private static final String EXPERIMENT = "/experiments/courier-performance";
    private static final Duration ENDED = Duration.ofSeconds(30);

    private RunningPayments payments;

    @BeforeEach
    void start() {
        payments = new RunningPayments("experiment.audit.chunk=3");
        for (long courier = 1; courier <= 10; courier++) {
            payments.incentives.set(courier, "HIGH", 2);
            payments.cache.set(courier, PerformanceLevel.HIGH, 2);
        }
    }

    @AfterEach
    void stop() {
        payments.close();
    }

    private JsonNode audit() {
        return JsonMapper.shared().readTree(payments.get(EXPERIMENT).body()).path("audit");
    }

    private JsonNode audited() {
        assertThat(payments.postTo(EXPERIMENT + "/audit", "").statusCode()).isEqualTo(202);
        await().atMost(ENDED).until(() -> !audit().path("running").asBoolean());
        return audit().path("last");
    }

    @Test
    void findsACacheThatIsRightClean(CapturedOutput log) {
        assertThat(audit().path("last").isNull()).isTrue();

        JsonNode last = audited();

        assertThat(last.path("outcome").asString()).isEqualTo("clean");
        assertThat(last.path("report").path("keys").asLong()).isEqualTo(10);
        assertThat(last.path("report").path("caughtUp").asBoolean()).isTrue();
        assertThat(last.path("report").path("complete").asBoolean()).isTrue();
        assertThat(payments.get("/actuator/prometheus").body())
                .contains("experiment_audits_total{outcome=\"clean\"} 1.0", "experiment_audit_found 0.0");
        assertThat(log.getOut().lines()).anySatisfy(line -> assertThat(line).contains(
                "The audit of all couriers is clean: 10 compared, 0 wrong in the cache, 0 never at rest, in "));
    }

    @Test
    void namesEveryCourierAboutWhomTheCacheIsWrong(CapturedOutput log) {
        payments.incentives.set(3, "NORMAL", 3);
        payments.cache.set(4, PerformanceLevel.OUTSTANDING, 3);
        payments.cache.set(5, PerformanceLevel.NORMAL, 2);
        payments.cache.set(6, Lookup.Reason.POISONED);
        payments.incentives.set(11, "HIGH", 1);
        payments.cache.set(12, PerformanceLevel.HIGH, 1);

        JsonNode last = audited();

        assertThat(last.path("outcome").asString()).isEqualTo("different");
        assertThat(last.path("report").path("found").asLong()).isEqualTo(6);
        assertThat(last.path("report").path("discrepancies").toString()).isEqualTo("["
                + "{\"courierId\":3,\"kind\":\"STALE\",\"incentivesVersion\":3,\"cacheVersion\":2},"
                + "{\"courierId\":4,\"kind\":\"AHEAD\",\"incentivesVersion\":2,\"cacheVersion\":3},"
                + "{\"courierId\":5,\"kind\":\"DIFFERENT\",\"incentivesVersion\":2,\"cacheVersion\":2},"
                + "{\"courierId\":6,\"kind\":\"DIFFERENT\",\"incentivesVersion\":2,\"cacheVersion\":null},"
                + "{\"courierId\":11,\"kind\":\"MISSING\",\"incentivesVersion\":1,\"cacheVersion\":null},"
                + "{\"courierId\":12,\"kind\":\"EXTRA\",\"incentivesVersion\":null,\"cacheVersion\":1}]");
        assertThat(log.getOut().lines()).anySatisfy(line -> assertThat(line).contains("is different: 12 compared, "
                + "6 wrong in the cache (3 STALE, 4 AHEAD, 5 DIFFERENT, 6 DIFFERENT, 11 MISSING, 12 EXTRA)"));
        assertThat(payments.get(EXPERIMENT + "/evidence", "Accept", "text/markdown").body())
                .contains("is **different**: 12 couriers, of these 6 wrong", "| 4 | AHEAD | 2 | 3 |");
    }

    @Test
    void isShownByTheActuatorToo() {
        payments.cache.set(12, PerformanceLevel.HIGH, 1);
        assertThat(atTheActuator().isNull()).isTrue();

        JsonNode last = audited();

        JsonNode shown = atTheActuator();
        assertThat(shown.path("outcome").asString()).isEqualTo("different");
        assertThat(shown.path("begun")).isEqualTo(last.path("begun"));
        assertThat(shown.path("report").path("keys").asLong()).isEqualTo(11);
        assertThat(shown.path("report").path("found").asLong()).isEqualTo(1);
    }

    private JsonNode atTheActuator() {
        return JsonMapper.shared().readTree(payments.get("/actuator" + EXPERIMENT).body()).path("audit");
    }

    @Test
    void makesOneAtATime() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        payments.incentives.behaveOnPages((exchange, after) -> {
            asked.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            payments.incentives.page(exchange, after);
        });
        try {
            assertThat(payments.postTo(EXPERIMENT + "/audit", "").body()).contains("\"audit\":{\"running\":true");
            asked.await();

            var refused = payments.postTo(EXPERIMENT + "/audit", "");

            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains("\"type\":\"/problems/audit-running\"");
        } finally {
            released.countDown();
        }
        await().atMost(ENDED).until(() -> !audit().path("running").asBoolean());
        assertThat(audit().path("last").path("outcome").asString()).isEqualTo("clean");
    }

    @Test
    void saysWhyItFailed() {
        payments.incentives.behaveOnPages(
                (exchange, _) -> FakeIncentives.send(exchange, 404, "text/html", "an older Incentives"));
        JsonNode last = audited();
        assertThat(last.path("outcome").asString()).isEqualTo("failed");
        assertThat(last.path("why").asString()).startsWith("Incentives answered 404");
        assertThat(last.path("report").isNull()).isTrue();

        payments.cache.show(false);
        assertThat(audited().path("why").asString()).isEqualTo("The cache cannot be compared: fed by a test");
    }

    @Test
    void knowsNoOtherExperiment() {
        assertThat(payments.postTo("/experiments/other/audit", "").statusCode()).isEqualTo(404);
        assertThat(payments.postTo(EXPERIMENT + "/audit?all=1", "").statusCode()).isEqualTo(400);
        assertThat(payments.get(EXPERIMENT + "/audit").statusCode()).isEqualTo(405);
    }
}
