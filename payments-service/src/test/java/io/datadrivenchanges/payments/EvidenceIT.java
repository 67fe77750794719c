package io.datadrivenchanges.payments;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.datadrivenchanges.cache.PerformanceLevel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What is known about the experiment can be seen and taken away.
class EvidenceIT {
    private static final Duration SETTLED = Duration.ofSeconds(20);
    private static final String PATH = "/experiments/courier-performance";
    private static final long COURIER = RunningPayments.newCourier();
    private static RunningPayments payments;

    /// One payment whose copy is late, and one whose copy throws.
    @BeforeAll
    static void start() {
        payments = new RunningPayments();
        payments.incentives.set(COURIER, "OUTSTANDING", 3);
        payments.cache.set(COURIER, PerformanceLevel.HIGH, 2);
        assertThat(payments.pay(RunningPayments.newDelivery(), COURIER, "100.00").statusCode()).isEqualTo(201);
        payments.cache.set(COURIER, PerformanceLevel.OUTSTANDING, 3);
        await("the mismatch is settled").atMost(SETTLED).until(() -> mismatches("").size() == 1);
        payments.cache.behave(_ -> {
            throw new IllegalStateException("a | b <script>");
        });
        assertThat(payments.pay(RunningPayments.newDelivery(), COURIER, "1").statusCode()).isEqualTo(201);
        await("the failure is kept").atMost(SETTLED).until(
                () -> JsonMapper.shared().readTree(payments.get(PATH + "/evidence").body()).path("evidence")
                        .size() == 2);
        payments.cache.behave(null);
    }

    @AfterAll
    static void stop() {
        payments.close();
    }

    private static JsonNode mismatches(String query) {
        HttpResponse<String> answer = payments.get(PATH + "/mismatches" + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private static String typeOf(HttpResponse<String> answer) {
        return answer.headers().firstValue("Content-Type").orElse("");
    }

    @Test
    void showsTheVerdictWithItsReasonItsNumbersAndWhatLacks() {
        JsonNode verdict = JsonMapper.shared().readTree(payments.get(PATH).body()).path("verdict");

        assertThat(verdict.path("verdict").asString()).isIn("continue", "blocked");
        assertThat(verdict.path("reason").asString()).isNotBlank();
        assertThat(verdict.path("needed").asLong()).isGreaterThanOrEqualTo(3_556);
        assertThat(verdict.path("lacking").toString()).contains("\"changes\"", "\"span\"");
        assertThat(verdict.path("checks")).anySatisfy(check -> {
            assertThat(check.path("check").asString()).isEqualTo("changes");
            assertThat(check.path("met").asBoolean()).isFalse();
            assertThat(check.path("limit").asString()).isEqualTo("below 1 in 1,000");
            assertThat(check.path("actual").asString()).isNotBlank();
        });
        assertThat(verdict.path("costs").path("EUR").toString())
                .isEqualTo("{\"count\":1,\"over\":0,\"under\":1000,\"worst\":-1000}");
        assertThat(verdict.path("ages").path(0).path("below").asString()).isEqualTo("PT0.001S");
        JsonNode actuator = JsonMapper.shared().readTree(payments.get("/actuator" + PATH).body()).path("verdict");
        assertThat(actuator.path("lacking")).isEqualTo(verdict.path("lacking"));
        assertThat(actuator.path("costs")).isEqualTo(verdict.path("costs"));
    }

    @Test
    void listsMismatchesByWhatTheySeemedAndWhatTheyTurnedOutToBe() {
        String before = Instant.now().minusSeconds(600).toString();
        String after = Instant.now().plusSeconds(1).toString();
        for (String query : List.of("", "?cause=stale", "?cause=converged", "?since=" + before,
                "?cause=stale&since=" + before)) {
            assertThat(mismatches(query)).as(query).singleElement().satisfies(one -> {
                assertThat(one.path("input").asString()).isEqualTo(Long.toString(COURIER));
                assertThat(one.path("judgement").path("cause").asString()).isEqualTo("stale");
                assertThat(one.path("settlement").path("settlement").asString()).isEqualTo("converged");
            });
        }
        for (String query : List.of("?cause=diverged", "?cause=unsettled", "?since=" + after)) {
            assertThat(mismatches(query)).as(query).isEmpty();
        }
    }

    @Test
    void writesOneMismatchALineIfAsked() {
        HttpResponse<String> answer = payments.get(PATH + "/mismatches", "Accept", "application/x-ndjson");

        assertThat(typeOf(answer)).startsWith("application/x-ndjson");
        assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(answer.body()).endsWith("}\n");
        assertThat(answer.body().lines()).singleElement()
                .satisfies(line -> assertThat(JsonMapper.shared().readTree(line)).isEqualTo(mismatches("").get(0)));
    }

    @Test
    void handsOutAllTheEvidence() {
        HttpResponse<String> answer = payments.get(PATH + "/evidence");
        JsonNode body = JsonMapper.shared().readTree(answer.body());

        assertThat(typeOf(answer)).startsWith("application/json");
        assertThat(body.path("experiment").path("stage").asString()).isEqualTo("SHADOW");
        assertThat(body.path("experiment").path("verdict").path("checks")).isNotEmpty();
        assertThat(body.path("evidence")).hasSize(2).extracting(one -> one.path("judgement").path("finding").asString())
                .containsExactlyInAnyOrder("results_do_not_match", "candidate_failed");
        assertThat(JsonMapper.shared().readTree(payments.get("/actuator" + PATH + "/evidence").body()))
                .isEqualTo(body.path("evidence"));
        assertThat(payments.get("/actuator" + PATH + "/other").statusCode()).isEqualTo(404);
    }

    @Test
    void writesThePageForTheDecision() {
        HttpResponse<String> answer = payments.get(PATH + "/evidence", "Accept", "text/markdown");

        assertThat(typeOf(answer)).isEqualToIgnoringWhitespace("text/markdown;charset=UTF-8");
        assertThat(answer.body()).startsWith("# Evidence on courier-performance\n")
                .contains("at stage SHADOW.", "\n## Conditions of a promotion\n", "| changes | no | ",
                        "| EUR | 1 | 0 | 1000 | -1000 |", "| results\\_do\\_not\\_match | 1 |",
                        " | candidate\\_failed | – | " + COURIER + " | ")
                .doesNotContain("<script>");
        assertThat(answer.body().lines().filter(line -> line.startsWith("| results"))).allSatisfy(
                line -> assertThat(line).doesNotContain("IllegalStateException"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"mismatches | */* | application/json",
            "mismatches | application/* | application/json",
            "mismatches | application/x-ndjson, application/json;q=0.5 | application/x-ndjson",
            "mismatches | application/x-ndjson;q=0.1, application/json | application/json",
            "evidence | */* | application/json", "evidence | text/* | text/markdown",
            "evidence | text/markdown, */*;q=0.1 | text/markdown",
            "evidence | text/html, */*;q=0.1 | application/json"})
    void answersInTheFormThatIsPreferred(String what, String accepted, String type) {
        assertThat(typeOf(payments.get(PATH + "/" + what, "Accept", accepted))).startsWith(type);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mismatches text/markdown", "mismatches text/html", "evidence application/x-ndjson",
            "evidence image/png", "evidence garbage"})
    void refusesToAnswerInAnotherForm(String request) {
        String[] parts = request.split(" ", -1);
        IdempotencyIT.assertProblem(payments.get(PATH + "/" + parts[0], "Accept", parts[1]), 406, "not-acceptable");
    }
}
