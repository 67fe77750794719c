package io.datadrivenchanges.payments;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageSwitch;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Stages are switched while the service runs, kept, shared and audited.
@ExtendWith(OutputCaptureExtension.class)
class StagesIT {
    /// What is promised is a second; a busy machine may take longer to look.
    private static final Duration KNOWN_EVERYWHERE = Duration.ofSeconds(5);
    private static final Duration HEALED = Duration.ofSeconds(20);
    private static final String EXPERIMENT = "courier-performance";
    private static final String PATH = "/experiments/" + EXPERIMENT;
    private static RunningPayments payments;

    @BeforeAll
    static void start() {
        payments = new RunningPayments();
    }

    @AfterAll
    static void stop() {
        payments.close();
    }

    @AfterEach
    void backToShadow() {
        payments.stage(Stage.SHADOW);
    }

    private static String request(String stage, String more) {
        return "{\"stage\":\"" + stage + "\",\"reason\":\"seen enough\"" + more + "}";
    }

    private static HttpResponse<String> change(String stage, String more) {
        return payments.put(PATH + "/stage", request(stage, more));
    }

    private static JsonNode shown(RunningPayments instance) {
        return JsonMapper.shared().readTree(instance.get(PATH).body());
    }

    /// Without what depends on the time of asking.
    private static JsonNode withoutVerdict(String body) {
        return ((ObjectNode) JsonMapper.shared().readTree(body)).without("verdict");
    }

    private static List<Map<String, @Nullable Object>> audit() {
        return RunningPayments.sql("pay_app")
                .sql("SELECT * FROM stage_audit WHERE experiment = :name ORDER BY revision")
                .param("name", EXPERIMENT).query().listOfRows();
    }

    @Test
    void changesTheStageAndKeepsWhoDidItAndWhy(CapturedOutput log) {
        HttpResponse<String> answer = change("CANARY", ",\"percentage\":5");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(withoutVerdict(answer.body())).isEqualTo(withoutVerdict(payments.get(PATH).body()));
        JsonNode body = JsonMapper.shared().readTree(answer.body());
        assertThat(body.path("stage").asString()).isEqualTo("CANARY");
        assertThat(body.path("percentage").asInt()).isEqualTo(5);
        assertThat(body.path("changed").path("from").asString()).isEqualTo("SHADOW");
        assertThat(body.path("changed").path("by").asString()).isEqualTo("local");
        assertThat(body.path("changed").path("reason").asString()).isEqualTo("seen enough");
        assertThat(audit()).last().satisfies(row -> assertThat(row)
                .containsEntry("from_stage", "SHADOW").containsEntry("to_stage", "CANARY").containsEntry("who", "local")
                .containsEntry("why", "seen enough").containsEntry("override", null)
                .hasEntrySatisfying("canary_percent", percent -> assertThat(percent).hasToString("5")));
        assertThat(log.getOut()).contains("goes from SHADOW to CANARY 5 %: seen enough (local)");
    }

    @ParameterizedTest
    @CsvSource({"OFF, LIVE, 409", "OFF, COMPLETE, 409", "SHADOW, LIVE, 409", "SHADOW, COMPLETE, 409",
            "CANARY, COMPLETE, 409",
            "OFF, SHADOW, 200", "CANARY, LIVE, 200", "LIVE, COMPLETE, 200", "COMPLETE, OFF, 200",
            "COMPLETE, SHADOW, 200",
            "LIVE, SHADOW, 200", "LIVE, OFF, 200", "CANARY, SHADOW, 200", "SHADOW, OFF, 200"})
    void goesOneStepForwardAndAnyBack(Stage from, Stage to, int status) {
        payments.stage(from);
        int rows = audit().size();

        HttpResponse<String> answer = change(to.name(), "");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(shown(payments).path("stage").asString()).isEqualTo((status == 200 ? to : from).name());
        assertThat(audit()).hasSize(status == 200 ? rows + 1 : rows);
        if (status == 409) {
            IdempotencyIT.assertProblem(answer, 409, "stage-not-reachable");
        }
    }

    @Test
    void skipsStagesOnlyWithANamedOverride() {
        assertThat(change("LIVE", ",\"override\":\"OPS-17\"").statusCode()).isEqualTo(200);

        assertThat(shown(payments).path("changed").path("override").asString()).isEqualTo("OPS-17");
        assertThat(audit()).last().satisfies(row -> assertThat(row).containsEntry("override", "OPS-17"));
    }

    @Test
    void writesNothingIfNothingChanges() {
        change("CANARY", ",\"percentage\":5");
        List<Map<String, @Nullable Object>> before = audit();

        assertThat(change("CANARY", ",\"percentage\":5").statusCode()).isEqualTo(200);

        assertThat(audit()).isEqualTo(before);
        assertThat(change("CANARY", ",\"percentage\":50").statusCode()).isEqualTo(200);
        assertThat(audit()).hasSize(before.size() + 1);
    }

    @Test
    void keepsTheStageAcrossRestartsWhateverIsConfigured() {
        change("CANARY", ",\"percentage\":7");

        try (var restarted = new RunningPayments("experiment.stage=OFF")) {
            assertThat(shown(restarted).path("stage").asString()).isEqualTo("CANARY");
            assertThat(shown(restarted).path("percentage").asInt()).isEqualTo(7);
        }
    }

    @Test
    void reachesEveryInstance() {
        try (var other = new RunningPayments()) {
            change("OFF", "");

            await("the other instance knows").atMost(KNOWN_EVERYWHERE).pollInterval(Duration.ofMillis(50))
                    .untilAsserted(
                            () -> assertThat(other.bean(StageSwitch.class).stage(EXPERIMENT)).isEqualTo(Stage.OFF));
            assertThat(other.pay(RunningPayments.newDelivery(), RunningPayments.newCourier(), "1").body())
                    .contains("\"stage\":\"OFF\"");
        }
    }

    @Test
    void makesAChainOfConcurrentChanges() throws Exception {
        try (var other = new RunningPayments(); var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> requests = IntStream.rangeClosed(1, 30)
                    .<Callable<Integer>>mapToObj(percent -> () -> (percent % 2 == 0 ? payments : other)
                            .put(PATH + "/stage", request("CANARY", ",\"percentage\":" + percent)).statusCode())
                    .toList();

            List<Integer> statuses = callers.invokeAll(requests).stream().map(Future::resultNow).toList();

            assertThat(statuses).isSubsetOf(200, 503).contains(200);
        }
        List<Map<String, @Nullable Object>> rows = audit();
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i).get("revision")).hasToString(Integer.toString(i + 1));
            assertThat(rows.get(i).get("from_stage")).isEqualTo(i == 0 ? null : rows.get(i - 1).get("to_stage"));
        }
        await("this instance knows what the other one did last").atMost(KNOWN_EVERYWHERE)
                .untilAsserted(() -> assertThat(shown(payments).path("percentage").asString())
                        .isEqualTo(String.valueOf(rows.getLast().get("canary_percent"))));
    }

    @Test
    void keepsTheLastKnownStageWhileTheDatabaseIsAwayAndShowsIt(CapturedOutput log) {
        change("CANARY", ",\"percentage\":9");
        MeterRegistry meters = payments.bean(MeterRegistry.class);
        assertThat(meters.get("payments.stages.age").gauge().value()).isLessThan(5);
        RunningPayments.postgres().kill();
        try {
            await("a failed read").atMost(HEALED)
                    .until(() -> meters.get("payments.stages.read.failures").counter().count() > 0);

            assertThat(shown(payments).path("stage").asString()).isEqualTo("CANARY");
            assertThat(meters.get("payments.stages.age").gauge().value()).isPositive();
            assertThat(payments.get("/actuator/health").body()).contains("\"stages\":{", "\"failing\":true");
            IdempotencyIT.assertProblem(change("SHADOW", ""), 503, "storage-unavailable");
        } finally {
            RunningPayments.postgres().restart();
        }

        await("the stages are read again").atMost(HEALED)
                .untilAsserted(() -> assertThat(log.getOut()).contains("The stages can be read again"));
        assertThat(log.getOut()).containsOnlyOnce("The stages cannot be read");
        assertThat(shown(payments).path("stage").asString()).isEqualTo("CANARY");
    }

    @Test
    void changesTheStageThroughTheActuatorToo() {
        String path = "/actuator/experiments/" + EXPERIMENT;

        HttpResponse<String> answer = payments.postTo(path, request("CANARY", ",\"percentage\":5"));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(withoutVerdict(answer.body())).isEqualTo(withoutVerdict(payments.get(path).body()));
        assertThat(answer.body()).contains("\"stage\":\"CANARY\"",
                "\"canaryPercent\":5", "\"who\":\"local\"", "\"why\":\"seen enough\"", "\"results_match\":");
        assertThat(payments.get("/actuator/experiments").body()).contains("\"enabled\":true",
                "\"name\":\"" + EXPERIMENT + "\"");
        int rows = audit().size();
        for (String bad : List.of(request("COMPLETE", ""), request("CANARY", ""),
                request("CANARY", ",\"percentage\":101"), request("CANARY", ",\"percentage\":\"many\""),
                request("LIFE", ""),
                request("OFF", ",\"percentage\":1"), "{}", "{\"stage\":\"OFF\"}", "{\"reason\":\"no stage\"}", "[]", "",
                "{",
                "{\"stage\":\"OFF\",\"reason\":\"a\\nb\"}", "{\"stage\":{\"a\":1},\"reason\":\"nested\"}")) {
            HttpResponse<String> refused = payments.postTo(path, bad);
            assertThat(refused.statusCode()).as("%s: %s", bad, refused.body()).isEqualTo(400);
            assertThat(refused.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        }
        assertThat(payments.postTo("/actuator/experiments/unknown", request("OFF", "")).statusCode()).isEqualTo(400);
        assertThat(payments.get("/actuator/experiments/unknown").statusCode()).isEqualTo(404);
        assertThat(audit()).hasSize(rows);
    }

    @Test
    void changesHowMuchIsCompared() {
        try {
            HttpResponse<String> answer = payments.put(PATH + "/sampling", "{\"share\":0}");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            long before = shown(payments).path("results").path("sampled_out").longValue();

            payments.pay(RunningPayments.newDelivery(), RunningPayments.newCourier(), "1");

            assertThat(shown(payments).path("sampling").asDouble()).isZero();
            assertThat(shown(payments).path("results").path("sampled_out").longValue()).isEqualTo(before + 1);
        } finally {
            assertThat(payments.postTo("/actuator/experiments/" + EXPERIMENT, "{\"sampling\":1}").body())
                    .contains("\"sampling\":1.0");
        }
    }

    @Test
    void throwsTheKillSwitchThroughTheActuator() {
        assertThat(payments.postTo("/actuator/experiments", "{\"enabled\":false}").body())
                .contains("\"enabled\":false");
        try {
            assertThat(payments.pay(RunningPayments.newDelivery(), RunningPayments.newCourier(), "1").statusCode())
                    .isEqualTo(201);
            assertThat(payments.bean(Laboratory.class).health().enabled()).isFalse();
        } finally {
            assertThat(payments.postTo("/actuator/experiments", "{\"enabled\":true}").body())
                    .contains("\"enabled\":true");
        }
    }

    @Test
    void letsOnlyOperatorsChangeAndSeeStages(@TempDir Path folder) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair key = generator.generateKeyPair();
        Path pem = Files.writeString(folder.resolve("public.pem"), "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(key.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n");
        try (var secured = new RunningPayments("security.mode=jwt",
                "spring.security.oauth2.resourceserver.jwt.audiences=payments",
                "spring.security.oauth2.resourceserver.jwt.public-key-location=" + pem.toUri())) {
            String off = request("OFF", "");

            IdempotencyIT.assertProblem(secured.put(PATH + "/stage", off), 401, "unauthenticated");
            for (String scope : List.of("payments.write", "payments.read", "performance.write",
                    "payments.write payments.read")) {
                IdempotencyIT.assertProblem(secured.put(PATH + "/stage", off, "Authorization", bearer(key, scope)), 403,
                        "forbidden");
            }
            for (String path : List.of(PATH + "/mismatches", PATH + "/evidence", "/actuator" + PATH + "/evidence")) {
                IdempotencyIT.assertProblem(secured.get(path), 401, "unauthenticated");
                IdempotencyIT.assertProblem(secured.get(path, "Authorization",
                        bearer(key, "payments.write payments.read performance.write")), 403, "forbidden");
                assertThat(secured.get(path, "Authorization", bearer(key, "ops")).statusCode()).as(path)
                        .isEqualTo(200);
            }
            IdempotencyIT.assertProblem(secured.get("/actuator/experiments"), 401, "unauthenticated");
            IdempotencyIT.assertProblem(
                    secured.get("/actuator/experiments", "Authorization", bearer(key, "payments.read")), 403,
                    "forbidden");
            assertThat(secured.get("/actuator/experiments", "Authorization", bearer(key, "ops")).statusCode())
                    .isEqualTo(200);
            assertThat(secured.put(PATH + "/stage", off, "Authorization", bearer(key, "ops")).statusCode())
                    .isEqualTo(200);
            assertThat(audit()).last().satisfies(row -> assertThat(row).containsEntry("who", "olga"));
        }
    }

    private static String bearer(KeyPair key, String scope) throws Exception {
        var claims = new JWTClaimsSet.Builder().subject("olga").audience("payments").claim("scope", scope)
                .expirationTime(Date.from(Instant.now().plusSeconds(60))).build();
        var token = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
        token.sign(new RSASSASigner(key.getPrivate()));
        return "Bearer " + token.serialize();
    }
}
