package io.datadrivenchanges.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import io.datadrivenchanges.stack.Part;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static io.datadrivenchanges.e2e.Limits.COUNTED;
import static io.datadrivenchanges.e2e.Limits.DEMOTED;
import static io.datadrivenchanges.e2e.Limits.HEALED;
import static io.datadrivenchanges.e2e.Limits.LOGGED;
import static io.datadrivenchanges.e2e.Limits.SETTLED;
import static io.datadrivenchanges.e2e.Limits.VISIBLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What the whole system promises, whatever it runs on: a contract that every [RunningSystem] has to keep.
///
/// All scenarios share one system and nothing else, but for the two about a wrong value. Each has couriers and deliveries of its
/// own and heals what it breaks, so their order only saves time. Nobody else pays: a difference of counts belongs to the payments
/// between.
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class Scenarios {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern SUMMARY = Pattern
            .compile("\\{\"experiment_name\": \"courier-performance\", \"results\": "
                    + "(\\{\"results_match\": \\d+, \"results_do_not_match\": \\d+, \"candidate_failed\": \\d+, .*})}$");
    private static final Pattern VERDICT = Pattern
            .compile(
                    "(\\{\"experiment_name\": \"courier-performance\", \"candidate_name\": \"cache\", \"verdict\": .*})$");

    /// The order of the scenarios that share the half minute in which a wrong value might turn out to be a late one: nothing
    /// breaks meanwhile. All others come after them, and those that leave mismatches open for long come last.
    static final int WRONG_FROM_HERE = 1;
    static final int BREAKS_NOTHING = 2;
    static final int WRONG_UNTIL_HERE = 3;
    static final int BEFORE_THE_LONG_BREAKS = 4;

    private final AtomicLong couriers = new AtomicLong(1000);
    private final AtomicLong deliveries = new AtomicLong();

    private @Nullable WrongValue wrong;
    private @Nullable RunningSystem started;
    RunningSystem system;
    private Client client;

    /// Starts the system from nothing and returns when every part is ready.
    abstract RunningSystem start();

    @BeforeAll
    @Timeout(value = 15, unit = TimeUnit.MINUTES) // the images may have to be built
    void startSystem() {
        system = start();
        started = system;
        client = new Client(system);
    }

    @AfterAll
    void closeSystem() {
        if (started != null) {
            started.close();
        }
    }

    @Test
    @Order(BREAKS_NOTHING)
    void paysByTheLevelThatIncentivesHolds() {
        long courier = newCourier();
        set(courier, Level.HIGH, 1);
        String delivery = newDelivery();

        Answer answer = client.pay(delivery, courier, "100.00");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Location")).hasValue("/payments/" + delivery);
        Payment payment = answer.payment();
        assertThat(payment.deliveryId()).isEqualTo(delivery);
        assertThat(payment.courierId()).isEqualTo(courier);
        assertThat(payment.total()).hasToString("110.00");
        assertThat(payment.performance()).isEqualTo(Level.HIGH);
        assertThat(payment.performanceVersion()).isEqualTo(1);
        assertThat(payment.courierKnown()).isTrue();
        assertThat(payment.source()).isEqualTo("REST");
        assertThat(payment.fallback()).isNull();
        assertThat(payment.stage()).isEqualTo("SHADOW");
        assertThat(client.payment(delivery).body()).isEqualTo(answer.body());
        assertThat(client.paymentsOf(courier).json().path("items").size()).isOne();
    }

    @Test
    @Order(BREAKS_NOTHING)
    void bringsAChangeOfPerformanceToTheCacheAndToThePayment() {
        long courier = newCourier();
        set(courier, Level.HIGH, 1);
        awaitMatch(courier, 1, VISIBLE);

        set(courier, Level.OUTSTANDING, 2);

        assertThat(pay(courier).total()).hasToString("120.00");
        awaitMatch(courier, 2, VISIBLE);
    }

    @ParameterizedTest
    @Order(BREAKS_NOTHING)
    @CsvSource({"NORMAL, 100.00, 0.00, 100.00", "HIGH, 100.00, 10.00, 110.00", "OUTSTANDING, 100.00, 20.00, 120.00",
            "HIGH, 0.15, 0.02, 0.17", "HIGH, 0.25, 0.02, 0.27", "HIGH, 10.05, 1.00, 11.05",
            "OUTSTANDING, 0.03, 0.01, 0.04", "OUTSTANDING, 1000000.00, 200000.00, 1200000.00"})
    void paysEachLevelItsShareToTheCent(Level level, String base, String incentive, String total) {
        long courier = newCourier();
        set(courier, level, 1);

        Payment payment = client.pay(newDelivery(), courier, base).payment();

        assertThat(payment.base()).hasToString(base);
        assertThat(payment.incentive()).hasToString(incentive);
        assertThat(payment.total()).hasToString(total);
    }

    @Test
    @Order(BREAKS_NOTHING)
    void paysAnUnknownCourierAsNormalAndSaysSo() {
        Compared compared = payCompared(newCourier());

        assertThat(compared.payment().performance()).isEqualTo(Level.NORMAL);
        assertThat(compared.payment().courierKnown()).isFalse();
        assertThat(compared.payment().performanceVersion()).isNull();
        assertThat(compared.payment().total()).hasToString("100.00");
        assertThat(compared.counted().of("results_match")).as("both sides do not know the courier").isOne();
    }

    @Test
    @Order(BREAKS_NOTHING)
    void answersARepeatedDeliveryWithTheSamePayment() {
        long courier = newCourier();
        set(courier, Level.HIGH, 1);
        String delivery = newDelivery();
        Answer first = client.pay(delivery, courier, "100.00");
        set(courier, Level.OUTSTANDING, 2);

        Answer again = client.pay(delivery, courier, "100.0");

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("Idempotency-Replayed")).hasValue("true");
        assertThat(again.body()).isEqualTo(first.body());
    }

    @Test
    @Order(BREAKS_NOTHING)
    void refusesAnotherRequestForAPaidDelivery() {
        long courier = newCourier();
        String delivery = newDelivery();
        Answer first = client.pay(delivery, courier, "100.00");

        Answer other = client.pay(delivery, courier, "100.01");

        assertThat(other.status()).isEqualTo(409);
        assertThat(other.json().path("type").stringValue()).isEqualTo("/problems/payment-conflict");
        assertThat(other.json().path("differs").toString()).isEqualTo("[\"amount\"]");
        assertThat(client.payment(delivery).body()).isEqualTo(first.body());
    }

    @Test
    @Order(BREAKS_NOTHING)
    void makesOnePaymentOfTwentyConcurrentRequests() throws Exception {
        long courier = newCourier();
        set(courier, Level.HIGH, 1);
        String delivery = newDelivery();
        // As clients are told to: on 503 the same request again. On a busy machine Incentives may be too slow for twenty at once.
        Callable<Answer> request = () -> await().atMost(VISIBLE)
                .until(() -> client.pay(delivery, courier, "100.00"), answer -> answer.status() != 503);

        List<Answer> answers;
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            answers = callers.invokeAll(Collections.nCopies(20, request)).stream().map(Future::resultNow).toList();
        }

        assertThat(answers).extracting(Answer::status).containsOnly(200, 201).containsOnlyOnce(201);
        assertThat(answers).extracting(Answer::body).containsOnly(client.payment(delivery).body());
        assertThat(client.paymentsOf(courier).json().path("items").size()).isOne();
    }

    @Test
    void leavesADeliveryPayableWhileIncentivesIsDown() {
        long courier = newCourier();
        set(courier, Level.HIGH, 1);
        String delivery = newDelivery();
        Counts before = settledCounts();

        system.kill(Part.INCENTIVES);
        try {
            Answer refused = client.pay(delivery, courier, "100.00");

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.json().path("type").stringValue()).isEqualTo("/problems/performance-unavailable");
            assertThat(refused.header("Retry-After").orElseThrow()).matches("[1-9]");
            assertThat(client.payment(delivery).status()).isEqualTo(404);
            Counts counted = settledCounts().since(before);
            assertThat(counted.of("control_failed") + counted.of("candidate_failed")).as("%s", counted).isOne();
        } finally {
            system.start(Part.INCENTIVES);
        }

        healed("the same delivery is paid").untilAsserted(
                () -> assertThat(client.pay(delivery, courier, "100.00").status()).isEqualTo(201));
        awaitMatch(courier, 1, HEALED);
    }

    @Test
    void paysAndCountsWhenTheCacheKnowsNothing() {
        long courier = newCourier();
        set(courier, Level.HIGH, 1);

        try {
            for (Map<String, String> settings : List.of(Map.of("performance.cache.enabled", "false"),
                    Map.of("performance.cache.topic", "nobody-writes-here"))) {
                system.restartPayments(settings);

                Compared compared = payCompared(courier);

                assertThat(compared.payment().total()).as("%s", settings).hasToString("110.00");
                assertThat(compared.counted().of("incomparable")).as("%s: %s", settings, compared.counted()).isOne();
            }
        } finally {
            system.restartPayments(Map.of());
        }

        awaitMatch(courier, 1, HEALED);
    }

    @Test
    void saysUnknownRatherThanAnOldValueWhenTheFeedStops() {
        long courier = newCourier();
        set(courier, Level.HIGH, 1);
        awaitMatch(courier, 1, VISIBLE);

        system.stop(Part.PUBLISHER);
        try {
            set(courier, Level.OUTSTANDING, 2);

            healed("the cache knows that it does not know").untilAsserted(
                    () -> assertThat(payCompared(courier).counted().of("incomparable")).isOne());
            assertThat(pay(courier).total()).hasToString("120.00");
        } finally {
            system.start(Part.PUBLISHER);
        }

        awaitMatch(courier, 2, HEALED);
    }

    @Test
    void losesNoChangeWhenThePublisherIsKilled() {
        List<Long> changing = newCouriers(20);
        Map<Long, Long> lastVersions;
        try (var changes = Changes.start(client, changing)) {
            changes.awaitMore(100);
            for (int kill = 0; kill < 2; kill++) {
                system.kill(Part.PUBLISHER);
                try {
                    changes.awaitMore(100);
                } finally {
                    system.start(Part.PUBLISHER);
                }
                changes.awaitMore(100);
            }
            lastVersions = changes.stop();
        }
        awaitAllBefore();

        Counts before = settledCounts();
        lastVersions.forEach((courier, version) -> {
            Payment payment = pay(courier);
            assertThat(payment.performanceVersion()).isEqualTo(version);
            assertThat(payment.performance()).isEqualTo(Level.ofVersion(version));
        });
        Counts counted = settledCounts().since(before);

        assertThat(counted.of("results_match")).as("the cache's last versions are the table's: %s", counted)
                .isEqualTo(changing.size());
        List<Topic.Change> published = topic().changes();
        lastVersions.forEach((courier, version) -> {
            Stream<Topic.Change> own = published.stream().filter(change -> change.courierId() == courier);
            assertThat(own).as("courier %d up to version %d", courier, version)
                    .allMatch(change -> change.level() == Level.ofVersion(change.version()))
                    .extracting(Topic.Change::version)
                    .containsAll(LongStream.rangeClosed(1, version).boxed().toList());
        });
    }

    @Test
    void catchesUpWhenKafkaComesBack() {
        long courier = newCourier();
        set(courier, Level.HIGH, 1);
        awaitMatch(courier, 1, VISIBLE);

        system.kill(Part.KAFKA);
        try {
            set(courier, Level.OUTSTANDING, 2);

            assertThat(pay(courier).total()).hasToString("120.00");
        } finally {
            system.start(Part.KAFKA);
        }

        awaitMatch(courier, 2, HEALED);
    }

    @Test
    void catchesUpWhenPostgresComesBack() {
        long courier = newCourier();
        set(courier, Level.HIGH, 1);
        awaitMatch(courier, 1, VISIBLE);
        String delivery = newDelivery();

        system.kill(Part.POSTGRES);
        try {
            Answer refused = client.pay(delivery, courier, "100.00");

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After").orElseThrow()).matches("[1-9]");
        } finally {
            system.start(Part.POSTGRES);
        }

        healed("the same delivery is paid").untilAsserted(
                () -> assertThat(client.pay(delivery, courier, "100.00").status()).isEqualTo(201));
        healed("the level is changed").untilAsserted(
                () -> assertThat(client.setPerformance(courier, Level.OUTSTANDING).status()).isEqualTo(200));
        awaitMatch(courier, 2, HEALED);
    }

    @Test
    void rebuildsTheCacheBeforeItAnswersFromIt() {
        List<Long> known = newCouriers(20);
        known.forEach(courier -> set(courier, Level.HIGH, 1));
        known.forEach(courier -> set(courier, Level.OUTSTANDING, 2));
        awaitAllBefore();

        system.kill(Part.PAYMENTS);
        system.start(Part.PAYMENTS);
        known.forEach(this::pay);
        Counts counted = settledCounts();

        assertThat(counted.of("results_match") + counted.of("incomparable"))
                .as("right or unknown, never half rebuilt: %s", counted).isEqualTo(known.size());
        known.forEach(courier -> awaitMatch(courier, 2, HEALED));
        assertThat(settledCounts().of("results_do_not_match")).isZero();
    }

    @Test
    @Order(WRONG_FROM_HERE)
    void catchesAWrongValueInTheTopic() {
        long courier = wrongValue().courier();

        await("the mismatch is in the log").atMost(LOGGED)
                .untilAsserted(() -> assertThat(system.log(Part.PAYMENTS))
                        .anySatisfy(line -> assertThat(line).contains("\"experiment_name\"", "\"cause\"",
                                Long.toString(courier), "HIGH", "OUTSTANDING")));
        await("the mismatch is in the summary").atMost(LOGGED)
                .untilAsserted(() -> assertThat(lastSummary().of("results_do_not_match")).isPositive());
    }

    @Test
    @Order(WRONG_UNTIL_HERE)
    void tellsThatAWrongValueHasDivergedAndWhatItWouldHaveCost() {
        WrongValue value = wrongValue();

        await("the mismatch is settled").atMost(SETTLED).pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(client.experiment().since(value.before()).of("diverged")).isOne());
        assertThat(client.meter("experiment_settlements_total", "settlement", "diverged"))
                .isEqualTo((double) client.experiment().of("diverged"));
        await("the divergence and its cost are in the log").atMost(LOGGED).untilAsserted(() -> {
            assertThat(system.log(Part.PAYMENTS)).anySatisfy(line -> assertThat(line)
                    .containsPattern("\"settled\": \"\\w+, diverged\", \"input\": \"" + value.courier()
                            + "\", \"mismatches\": \\d+, \"cost\": \\{\"currency\": \"EUR\", \"minor_units\": 1000}"));
            assertThat(overpaid() - value.overpaid()).as("cents of one payment").isEqualTo(10_00);
        });

        assertThat(client.mismatches("diverged")).filteredOn(
                kept -> kept.path("input").stringValue().equals(Long.toString(value.courier())))
                .allSatisfy(kept -> assertThat(kept.path("cost").toString())
                        .isEqualTo("{\"currency\":\"EUR\",\"minor_units\":1000}"))
                .isNotEmpty();

        set(value.courier(), Level.OUTSTANDING, 2);
        awaitMatch(value.courier(), 2, HEALED);
    }

    @Test
    @Order(BEFORE_THE_LONG_BREAKS)
    void tellsThatALateValueHasConvergedAndAfterHowLong() {
        long courier = newCourier();
        set(courier, Level.HIGH, 1);
        awaitMatch(courier, 1, VISIBLE);
        Counts before = await("earlier mismatches are settled").atMost(SETTLED).pollDelay(Duration.ZERO)
                .until(client::experiment, counts -> counts.of("rechecking") == 0);

        try (var others = Changes.start(client, newCouriers(20))) {
            others.awaitMore(20);
            system.freeze(Part.PUBLISHER);
            try {
                set(courier, Level.OUTSTANDING, 2);
                Compared compared = payCompared(courier);

                assertThat(compared.counted().of("results_do_not_match")).as("%s", compared.counted()).isOne();
                assertThat(compared.payment().total()).as("the control decides").hasToString("120.00");
            } finally {
                system.thaw(Part.PUBLISHER);
            }
            visible("the mismatch is settled").untilAsserted(
                    () -> assertThat(client.experiment().since(before).of("converged")).isOne());
        }

        assertThat(client.meter("experiment_settlements_total", "settlement", "converged"))
                .isEqualTo((double) client.experiment().of("converged"));
        await("it is in the log").atMost(LOGGED).untilAsserted(() -> assertThat(system.log(Part.PAYMENTS))
                .anySatisfy(line -> assertThat(line).containsPattern(
                        "\"settled\": \"stale, converged after \\d+ ms\", \"input\": \"" + courier + "\"")));
    }

    @Test
    void fallsBackAndGoesBackToShadowByItselfWhenTheFeedStopsAtLive() {
        List<Long> known = newCouriers(5);
        known.forEach(courier -> set(courier, Level.HIGH, 1));
        known.forEach(courier -> awaitMatch(courier, 1, VISIBLE));
        double demotions = demotions();
        double byRest = client.meter("payments_total", "source", "REST");
        assertThat(client.changeStage("LIVE").status()).isEqualTo(200);
        try {
            visible("the cache decides")
                    .untilAsserted(() -> assertPaidAt(pay(known.getFirst()), "CACHE", null, "LIVE"));

            system.stop(Part.PUBLISHER);
            try {
                awaiting("Incentives decides, because the cache knows that it is stale", HEALED).untilAsserted(
                        () -> assertPaidAt(payRight(known.getFirst(), 1), "REST", "STALE", "LIVE"));
                assertThat(client.meter("payments_total", "source", "REST")).isGreaterThan(byRest);
                known.forEach(courier -> set(courier, Level.OUTSTANDING, 2));

                await("the stage goes back by itself").atMost(DEMOTED).pollInterval(Duration.ofMillis(100))
                        .untilAsserted(() -> {
                            known.forEach(courier -> payRight(courier, 2));
                            assertThat(client.experimentBody().path("stage").stringValue()).isEqualTo("SHADOW");
                        });
                assertPaidAt(payRight(known.getFirst(), 2), "REST", null, "SHADOW");
                assertThat(client.experimentBody().path("changed").path("by").stringValue()).isEqualTo("stage-guard");
                assertThat(demotions()).isEqualTo(demotions + 1);
                assertThat(client.meter("experiment_stage", "stage", "SHADOW")).isOne();
                assertThat(system.log(Part.PAYMENTS)).anySatisfy(
                        line -> assertThat(line).contains("goes from LIVE to SHADOW", "(stage-guard)"));
            } finally {
                system.start(Part.PUBLISHER);
            }
        } finally {
            assertThat(client.changeStage("SHADOW").status()).isEqualTo(200);
        }

        known.forEach(courier -> awaitMatch(courier, 2, HEALED));
    }

    private double demotions() {
        return client.meters().getOrDefault("payments_stages_demotions_total", 0.0);
    }

    /// Pays a courier by the level of a version, whoever decides.
    private Payment payRight(long courier, long version) {
        Payment payment = pay(courier);
        assertThat(payment.performanceVersion()).as("no wrong payment: %s", payment).isEqualTo(version);
        assertThat(payment.performance()).isEqualTo(Level.ofVersion(version));
        return payment;
    }

    private static void assertPaidAt(Payment payment, String source, @Nullable String fallback, String stage) {
        assertThat(payment.source()).as("%s", payment).isEqualTo(source);
        assertThat(payment.fallback()).isEqualTo(fallback);
        assertThat(payment.stage()).isEqualTo(stage);
    }

    @Test
    @Order(BREAKS_NOTHING)
    void answersTheReadmesTourAsTheReadmeShows() throws Exception {
        List<ReadmeTour.Step> steps = ReadmeTour.read(Path.of("../README.md")).steps();

        assertThat(steps).isNotEmpty();
        for (ReadmeTour.Step step : steps) {
            assertThat(ReadmeTour.masked(step.run(system))).as(step.command())
                    .isEqualTo(ReadmeTour.masked(step.shown()));
        }
    }

    @Test
    @Order(BREAKS_NOTHING)
    void hasEveryMeterOfTheOperationsPageAndMovesThoseThatPaymentsMove() throws IOException {
        List<OperationsPage.Meter> meters = OperationsPage.meters(Path.of("../docs/operations.md"));
        assertThat(meters).hasSizeGreaterThan(20);
        payCompared(newCourier());
        Map<String, Double> before = client.meters();

        for (int i = 0; i < 10; i++) {
            payCompared(newCourier());
        }

        Map<String, Double> after = client.meters();
        assertThat(meters).allSatisfy(meter -> {
            assertThat(after).as("%s", meter).containsKey(meter.prometheus());
            if (meter.moves()) {
                assertThat(after.get(meter.prometheus())).as("%s", meter).isGreaterThan(before.get(meter.prometheus()));
            }
        });
    }

    @Test
    @Order(BREAKS_NOTHING)
    void writesASummaryThatAddsUp() {
        payCompared(newCourier());

        await("the summary of all payments").atMost(LOGGED)
                .untilAsserted(() -> assertThat(lastSummary()).isEqualTo(settledCounts()));

        Counts summary = lastSummary();
        assertThat(summary.runs()).isPositive().isEqualTo(summary.findings() + summary.inFlight());
    }

    @Test
    @Order(BREAKS_NOTHING)
    void namesInAnAuditWhoIsWrongInTheTopicAndWasNeverPaid() {
        long courier = newCourier();
        set(courier, Level.HIGH, 1);
        awaitAllBefore();

        falsify(courier);

        visible("the audit names the courier").untilAsserted(() -> assertThat(discrepancies())
                .anySatisfy(found -> assertThat(found.toString()).isEqualTo(
                        "{\"courierId\":%d,\"kind\":\"AHEAD\",\"incentivesVersion\":1,\"cacheVersion\":2}"
                                .formatted(courier))));
        set(courier, Level.OUTSTANDING, 2);
        visible("it names this courier no more").untilAsserted(() -> assertThat(discrepancies())
                .noneSatisfy(found -> assertThat(found.path("courierId").longValue()).isEqualTo(courier)));
    }

    /// What an audit finds now.
    private Iterable<JsonNode> discrepancies() {
        assertThat(client.audit().status()).isEqualTo(202);
        JsonNode last = await("the audit has ended").atMost(SETTLED).pollDelay(Duration.ZERO)
                .until(() -> client.experimentBody().path("audit"), audit -> !audit.path("running").booleanValue())
                .path("last");
        assertThat(last.path("outcome").stringValue()).as("%s", last).isIn("clean", "different");
        return last.path("report").path("discrepancies");
    }

    /// A courier whose level in the topic is wrong, OUTSTANDING instead of HIGH, and who was paid once since the cache has it.
    ///
    /// @param before what the experiment had counted before that payment
    /// @param overpaid what the cache would have paid too much before that payment, in cents
    private record WrongValue(long courier, Counts before, long overpaid) {}

    /// Falsifies a value at the first call.
    private WrongValue wrongValue() {
        if (wrong == null) {
            long courier = newCourier();
            set(courier, Level.HIGH, 1);
            awaitMatch(courier, 1, HEALED);
            Counts before = settledCounts();
            long overpaid = overpaid();
            falsify(courier);
            visible("the wrong value is caught").untilAsserted(() -> {
                Compared compared = payCompared(courier);
                assertThat(compared.counted().of("results_do_not_match")).as("%s", compared.counted()).isOne();
                assertThat(compared.payment().total()).as("the control decides").hasToString("110.00");
            });
            wrong = new WrongValue(courier, before, overpaid);
        }
        return wrong;
    }

    /// Puts a second version of a courier, OUTSTANDING, into the topic alone.
    private void falsify(long courier) {
        Topic.Change right = topic().changes().stream().filter(change -> change.courierId() == courier).findFirst()
                .orElseThrow();
        topic().corrupt(new Topic.Change(right.generation(), courier, Level.OUTSTANDING, 2));
    }

    /// What the cache would have paid too much so far, in cents, as the log says.
    private long overpaid() {
        return lastLine(VERDICT).map(line -> line.path("costs").path("EUR").path("over").asLong(0)).orElse(0L);
    }

    /// A payment and what the experiment counted because of it.
    private record Compared(Payment payment, Counts counted) {}

    private Compared payCompared(long courier) {
        Counts before = settledCounts();
        Payment payment = pay(courier);
        Counts counted = settledCounts().since(before);
        assertThat(counted.runs()).as("%s", counted).isOne();
        return new Compared(payment, counted);
    }

    /// The counts when every run so far has ended; they always add up.
    private Counts settledCounts() {
        Counts settled = await("every run has ended").atMost(COUNTED).pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20)).until(client::experiment, counts -> counts.inFlight() == 0);
        assertThat(settled.runs()).as("%s", settled).isEqualTo(settled.findings());
        return settled;
    }

    private Payment pay(long courier) {
        Answer answer = client.pay(newDelivery(), courier, "100.00");
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(201);
        return answer.payment();
    }

    private void set(long courier, Level level, long expectedVersion) {
        Answer answer = client.setPerformance(courier, level);
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        assertThat(answer.json().path("version").longValue()).isEqualTo(expectedVersion);
    }

    /// Waits until a payment is made from this version and the cache gives the same level.
    private void awaitMatch(long courier, long version, Duration limit) {
        awaiting("courier " + courier + " is paid by version " + version + " on both sides", limit)
                .untilAsserted(() -> {
                    Compared compared = payCompared(courier);
                    assertThat(compared.payment().performanceVersion()).isEqualTo(version);
                    assertThat(compared.counted().of("results_match")).as("%s", compared.counted()).isOne();
                });
    }

    /// Waits until the cache has all that was committed before: changes arrive in the order of their commits, so the
    /// one committed now arrives last.
    private void awaitAllBefore() {
        long last = newCourier();
        healed("the last change is committed").untilAsserted(() -> set(last, Level.OUTSTANDING, 1));
        awaitMatch(last, 1, HEALED);
    }

    private static ConditionFactory visible(String what) {
        return awaiting(what, VISIBLE);
    }

    private static ConditionFactory healed(String what) {
        return awaiting(what, HEALED);
    }

    private static ConditionFactory awaiting(String what, Duration limit) {
        return await(what).atMost(limit).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(100))
                .ignoreException(UncheckedIOException.class);
    }

    private Counts lastSummary() {
        Optional<JsonNode> summary = lastLine(SUMMARY);
        assertThat(summary).as("a summary").isPresent();
        return Counts.of(summary.get());
    }

    /// The JSON object in the last line of Payments' log that has one of this form.
    private Optional<JsonNode> lastLine(Pattern form) {
        return system.log(Part.PAYMENTS).reversed().stream().map(form::matcher).filter(Matcher::find).findFirst()
                .map(line -> JSON.readTree(line.group(1)));
    }

    private Topic topic() {
        return new Topic(system.kafka());
    }

    private long newCourier() {
        return couriers.incrementAndGet();
    }

    private List<Long> newCouriers(int count) {
        return Stream.generate(this::newCourier).limit(count).toList();
    }

    private String newDelivery() {
        return "delivery-" + deliveries.incrementAndGet();
    }
}
