package io.datadrivenchanges.payments;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.datadrivenchanges.cache.PerformanceLevel;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageSwitch;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Stages move by evidence: forward if that is switched on, back in any case.
class PromotionIT {
    private static final String EXPERIMENT = "courier-performance";
    private static final Duration MOVED = Duration.ofSeconds(60);
    /// A difference is looked at for half a minute before it counts as wrong.
    private static final Duration FOUND_WRONG = Duration.ofSeconds(90);
    private static final Duration LOOKS = Duration.ofSeconds(3);
    private static final int COURIERS_A_ROUND = 10;
    /// More than the guard needs at this rate.
    private static final int WRONG = 8;
    private static final int MAX_WRONG = 10_000;

    private final List<RunningPayments> running = new ArrayList<>();

    /// An instance whose criteria take some 70 changes.
    private RunningPayments start(String version, String instance, String... more) {
        var payments = new RunningPayments(Stream.concat(Stream.of("experiment.promotion.version=" + version,
                "experiment.promotion.instance=" + instance, "experiment.promotion.canary-shares=50",
                "experiment.promotion.min-stay=0s", "experiment.criteria.rate=0.05",
                "experiment.criteria.baseline-rate=0.4", "experiment.criteria.min-span=0s",
                "experiment.criteria.seeded-enabled=false"), Stream.of(more)).toArray(String[]::new));
        running.add(payments);
        return payments;
    }

    @AfterEach
    void backToShadow() {
        running.getLast().stage(Stage.SHADOW);
        running.forEach(RunningPayments::close);
    }

    /// New couriers, each paid before and after a change that the copy has got.
    private static void payRightly(RunningPayments payments) {
        for (int i = 0; i < COURIERS_A_ROUND; i++) {
            long courier = RunningPayments.newCourier();
            payments.incentives.set(courier, "HIGH", 1);
            payments.cache.set(courier, PerformanceLevel.HIGH, 1);
            pay(payments, courier);
            payments.incentives.set(courier, "OUTSTANDING", 2);
            payments.cache.set(courier, PerformanceLevel.OUTSTANDING, 2);
            pay(payments, courier);
        }
    }

    private static void pay(RunningPayments payments, long courier) {
        assertThat(payments.pay(RunningPayments.newDelivery(), courier, "100.00").statusCode()).isEqualTo(201);
    }

    private static @Nullable Stage stage(RunningPayments payments) {
        return payments.bean(StageSwitch.class).stage(EXPERIMENT);
    }

    private static JsonNode verdict(RunningPayments payments) {
        return JsonMapper.shared().readTree(payments.get("/experiments/" + EXPERIMENT).body()).path("verdict");
    }

    private static JsonNode audit(RunningPayments payments) {
        return JsonMapper.shared().readTree(payments.get("/experiments/" + EXPERIMENT).body()).path("audit")
                .path("last");
    }

    private static long wrong(RunningPayments payments) {
        return payments.bean(Laboratory.class).summaries().getFirst().count("results_do_not_match");
    }

    /// What has been changed, the latest last.
    private static List<Map<String, @Nullable Object>> changes(long after) {
        return RunningPayments.sql("pay_app").sql("""
                SELECT * FROM stage_audit WHERE experiment = :name AND revision > :after ORDER BY revision""")
                .param("name", EXPERIMENT).param("after", after).query().listOfRows();
    }

    private static long revision(RunningPayments payments) {
        return payments.bean(StageSwitch.class).staged(EXPERIMENT).orElseThrow().revision();
    }

    @Test
    void climbsByEvidenceAndComesBackByTheAlarm() {
        RunningPayments payments = start("climbs", "one", "experiment.promotion.forward-enabled=true");
        long before = revision(payments);
        for (Stage next : List.of(Stage.CANARY, Stage.LIVE)) {
            await(next.name()).atMost(MOVED).until(() -> {
                payRightly(payments);
                return stage(payments) == next;
            });
        }
        assertThat(changes(before)).extracting(row -> row.get("who") + ": " + row.get("from_stage") + " to "
                + row.get("to_stage")).containsExactly("experiment: SHADOW to CANARY", "experiment: CANARY to LIVE");
        assertThat(changes(before)).extracting(row -> row.get("why")).allSatisfy(
                why -> assertThat(why).asString().startsWith("Fewer than 1 in 20 changes are wrong"));
        await("the evidence begins anew").atMost(MOVED)
                .until(() -> verdict(payments).path("exposures").asLong() == 0);

        for (int paid = 0; wrong(payments) < WRONG; paid++) {
            assertThat(paid).as("one in a hundred is compared").isLessThan(MAX_WRONG);
            long courier = RunningPayments.newCourier();
            payments.incentives.set(courier, "OUTSTANDING", 2);
            payments.cache.set(courier, PerformanceLevel.NORMAL, 2);
            assertThat(payments.pay(RunningPayments.newDelivery(), courier, "100.00").body())
                    .contains("\"source\":\"CACHE\"");
        }

        await("back by itself").atMost(FOUND_WRONG).until(() -> stage(payments) == Stage.SHADOW);
        assertThat(changes(before)).last().satisfies(row -> {
            assertThat(row).containsEntry("who", "experiment").containsEntry("from_stage", "LIVE");
            assertThat(row.get("why")).asString().startsWith("the guard's alarm: ");
        });
        assertThat(payments.bean(MeterRegistry.class).get("payments.stages.demotions").tag("by", "evidence").counter()
                .count()).isEqualTo(1);
        assertThat(payments.pay(RunningPayments.newDelivery(), RunningPayments.newCourier(), "1").body())
                .contains("\"source\":\"REST\"");
    }

    @Test
    void staysWhileAnAuditOfAllCouriersFindsOneThatIsWrongAndNeverPaid() {
        RunningPayments payments = start("audits", "one", "experiment.promotion.forward-enabled=true");
        long before = revision(payments);
        long neverPaid = RunningPayments.newCourier();
        payments.incentives.set(neverPaid, "HIGH", 1);
        payments.cache.set(neverPaid, PerformanceLevel.OUTSTANDING, 2);

        await("nothing but the audit lacks").atMost(MOVED).until(() -> {
            payRightly(payments);
            return audit(payments).path("outcome").asString().equals("different")
                    && verdict(payments).path("lacking").toString().equals("[\"audit\"]");
        });
        assertThat(audit(payments).path("report").path("discrepancies").toString()).isEqualTo(
                "[{\"courierId\":%d,\"kind\":\"AHEAD\",\"incentivesVersion\":1,\"cacheVersion\":2}]"
                        .formatted(neverPaid));
        assertThat(verdict(payments).path("verdict").asString()).isEqualTo("continue");
        assertThat(changes(before)).isEmpty();

        payments.incentives.set(neverPaid, "OUTSTANDING", 2);
        assertThat(payments.postTo("/experiments/" + EXPERIMENT + "/audit", "").statusCode()).isEqualTo(202);

        await("forward").atMost(MOVED).until(() -> stage(payments) == Stage.CANARY);
        assertThat(changes(before)).extracting(row -> row.get("who") + " to " + row.get("to_stage"))
                .containsExactly("experiment to CANARY");
    }

    @Test
    void onlyAdvisesUnlessToldToGoForward() {
        RunningPayments payments = start("advises", "one");
        long before = revision(payments);

        await("PROMOTE").atMost(MOVED).until(() -> {
            payRightly(payments);
            return verdict(payments).path("verdict").asString().equals("promote");
        });

        await("looks that change nothing").during(LOOKS).atMost(LOOKS.multipliedBy(2))
                .until(() -> revision(payments) == before);
        JsonNode shown = verdict(payments);
        assertThat(shown.path("reason").asString()).startsWith("Fewer than 1 in 20 changes are wrong");
        assertThat(shown.path("lacking")).isEmpty();
        assertThat(shown.path("checks")).isNotEmpty().allSatisfy(
                check -> assertThat(check.path("met").asBoolean()).as("%s", check).isTrue());
    }

    @Test
    void instancesDecideTogetherAndOnce() {
        RunningPayments one = start("together", "one", "experiment.promotion.forward-enabled=true");
        RunningPayments two = start("together", "two", "experiment.promotion.forward-enabled=true");
        long before = revision(one);

        await("both at LIVE").atMost(MOVED).until(() -> {
            payRightly(one);
            payRightly(two);
            return stage(one) == Stage.LIVE && stage(two) == Stage.LIVE;
        });

        assertThat(changes(before)).extracting(row -> row.get("revision") + " " + row.get("to_stage"))
                .containsExactly(before + 1 + " CANARY", before + 2 + " LIVE");
        await("what both have counted is shown by each").atMost(MOVED).untilAsserted(() -> {
            assertThat(verdict(one).path("instances").asInt()).isEqualTo(2);
            assertThat(verdict(two).path("instances").asInt()).isEqualTo(2);
        });
    }

    @Test
    void aRestartKeepsWhatWasCounted() {
        RunningPayments payments = start("restarts", "one");
        await("the generation has begun").atMost(MOVED).until(() -> RunningPayments.sql("pay_app")
                .sql("SELECT count(*) FROM experiment_totals WHERE generation LIKE '%/restarts/%'").query(Long.class)
                .single() > 0);
        payRightly(payments);
        long counted = COURIERS_A_ROUND;
        await("counted and saved").atMost(MOVED)
                .until(() -> verdict(payments).path("exposures").asLong() == counted);
        running.remove(payments);
        payments.close();

        RunningPayments restarted = start("restarts", "one");

        await("known again").atMost(MOVED).untilAsserted(() -> {
            assertThat(verdict(restarted).path("exposures").asLong()).isEqualTo(counted);
            assertThat(verdict(restarted).path("instances").asInt()).isEqualTo(1);
        });
        payRightly(restarted);
        await("added to").atMost(MOVED).untilAsserted(() -> assertThat(
                verdict(restarted).path("exposures").asLong()).isEqualTo(counted + COURIERS_A_ROUND));
    }
}
