package io.datadrivenchanges.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.datadrivenchanges.stack.Part;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/// Sends mutated requests to a service, one after the other, and holds each answer, the log and the tables to what is promised.
final class Attack {
    private static final Logger LOG = LoggerFactory.getLogger(Attack.class);
    private static final Pattern DOCUMENTED_ROW = Pattern.compile("(?m)^\\| (\\d{3}(?:, \\d{3})*) \\| (.*) \\|$");
    private static final Pattern DOCUMENTED_TYPE = Pattern.compile("`([a-z-]+)`");
    private static final int MAX_ECHO = 100;
    private static final int VALID_EVERY = 50;
    private static final int MAX_LINES = 2;
    /// No part of this number is a courier of another scenario.
    private static final long FIRST_COURIER = 7_000_000_000_000L;

    private final RunningSystem system;
    private final long seed;
    private final Random random;
    private final Mutations mutations;
    /// What a service may answer, beside 200 and 201.
    private final Set<String> documented;
    private final Map<Long, Long> versions = new HashMap<>();
    private final Map<Integer, Integer> answers = new TreeMap<>();
    private long next;
    private long paid;

    /// @param seed decides every request
    Attack(RunningSystem system, long seed) throws IOException {
        this.system = system;
        this.documented = documented(Files.readString(Path.of("../docs/architecture.md")));
        this.seed = seed;
        this.random = new Random(seed);
        this.mutations = new Mutations(random);
    }

    private static Set<String> documented(String text) {
        return DOCUMENTED_ROW.matcher(text).results().flatMap(row -> Stream.of(row.group(1).split(", "))
                .flatMap(status -> DOCUMENTED_TYPE.matcher(row.group(2)).results()
                        .map(type -> status + " /problems/" + type.group(1))))
                .collect(Collectors.toSet());
    }

    void onPayments(int requests) throws IOException, SQLException {
        long before = count("payments", "SELECT count(*) FROM payments");
        int lines = system.log(Part.PAYMENTS).size();

        for (int i = 0; i < requests; i++) {
            RawRequest request = mutations.of(paymentRequest());
            RawAnswer answer = RawAnswer.to(request, system.payments());
            check(request, answer);
            paid += answer.status() == 201 ? 1 : 0;
            if (i % VALID_EVERY == 0) {
                assertThat(RawAnswer.to(order(), system.payments()).status()).as("the next valid request")
                        .isEqualTo(201);
                paid++;
            }
        }

        assertThat(count("payments", "SELECT count(*) FROM payments")).as("one row for each 201, seed %d", seed)
                .isEqualTo(before + paid);
        assertThat(count("payments", "SELECT count(*) FROM payment_audit")).isEqualTo(before + paid);
        checkLog(Part.PAYMENTS, lines, requests);
    }

    void onIncentives(int requests) throws IOException, SQLException {
        String all = "SELECT coalesce(sum(version), 0) FROM courier_performance";
        long before = count("incentives", all);
        int lines = system.log(Part.INCENTIVES).size();

        for (int i = 0; i < requests; i++) {
            RawRequest request = mutations.of(performanceRequest());
            RawAnswer answer = RawAnswer.to(request, system.incentives());
            check(request, answer);
            note(answer);
            if (i % VALID_EVERY == 0) {
                RawAnswer valid = RawAnswer.to(change(), system.incentives());
                assertThat(valid.status()).as("the next valid request").isEqualTo(200);
                note(valid);
            }
        }

        assertThat(count("incentives", all)).as("one version for each change that was answered with 200, seed %d", seed)
                .isEqualTo(before + versions.values().stream().mapToLong(version -> version).sum());
        checkLog(Part.INCENTIVES, lines, requests);
    }

    /// How often each status was answered.
    @Override
    public String toString() {
        return "seed " + seed + ": " + answers;
    }

    private RawRequest paymentRequest() {
        return switch (random.nextInt(6)) {
            case 0 -> RawRequest.get("/payments/attack-1");
            case 1 -> RawRequest.get("/payments?courierId=" + FIRST_COURIER + "&page=0&size=50");
            case 2 -> RawRequest.get("/experiments/courier-performance");
            case 3 -> order().withHeader("Idempotency-Key: attack-key-" + next);
            default -> order();
        };
    }

    private RawRequest order() {
        next++;
        return RawRequest.of("POST", "/payments", "{\"deliveryId\":\"attack-" + seed + "-" + next + "\",\"courierId\":"
                + (FIRST_COURIER + next) + ",\"amount\":" + (1 + next % 1000) + ".25,\"currency\":\"EUR\"}");
    }

    private RawRequest performanceRequest() {
        return random.nextInt(4) == 0
                ? RawRequest.get("/incentives/performance/" + (FIRST_COURIER + random.nextLong(next + 1)))
                : change();
    }

    private RawRequest change() {
        next++;
        return RawRequest.of(random.nextBoolean() ? "PUT" : "POST",
                "/incentives/performance/" + (FIRST_COURIER + next / 2),
                "{\"performance\":\"" + Level.ofVersion(random.nextInt(1, 10)) + "\"}");
    }

    private void note(RawAnswer answer) {
        if (answer.status() == 200 && answer.body().contains("\"version\"")) {
            JsonNode stored = answer.json();
            versions.merge(stored.path("courierId").longValue(), stored.path("version").longValue(), Math::max);
        }
    }

    private void check(RawRequest request, RawAnswer answer) {
        answers.merge(answer.status(), 1, Integer::sum);
        String what = "seed " + seed + ", request:\n" + shortened(request.toString()) + "\nanswer:\n" + answer.head()
                + "\n"
                + shortened(answer.body());
        assertThat(answer.status()).as(what).isNotZero();
        if (answer.status() == 200 || answer.status() == 201) {
            return;
        }
        assertThat(answer.hasHeader("Content-Type: application/problem+json")).as(what).isTrue();
        assertThat(answer.hasHeader("X-Request-Id: ")).as(what).isTrue();
        if (!request.method().equals("HEAD")) {
            JsonNode problem = answer.json();
            assertThat(answer.status() + " " + problem.path("type").asString()).as(what).isIn(documented);
            assertThat(problem.path("status").intValue()).as(what).isEqualTo(answer.status());
            assertThat(problem.path("title").asString()).as(what).isNotBlank();
            assertThat(problem.path("detail").asString()).as(what).isNotBlank();
            assertThat(answer.hasHeader("X-Request-Id: " + problem.path("requestId").asString())).as(what).isTrue();
        }
        assertThat(answer.body()).as(what).doesNotContain("Exception", "springframework", "jackson",
                "io.datadrivenchanges", "SELECT ", "\tat ");
        assertThat(echoes(request, answer)).as(what).isFalse();
    }

    /// Whether the answer repeats more of the request than it may.
    private static boolean echoes(RawRequest request, RawAnswer answer) {
        String sent = request.toString();
        String received = answer.head() + "\r\n\r\n" + answer.body();
        return IntStream.range(0, received.length() - MAX_ECHO)
                .anyMatch(i -> sent.contains(received.substring(i, i + MAX_ECHO + 1)));
    }

    private void checkLog(Part service, int before, int requests) {
        List<String> log = system.log(service);
        List<String> lines = log.subList(before, log.size());
        assertThat(lines).as("no stack trace, seed %d", seed).noneMatch(line -> line.contains("\tat "));
        assertThat(lines.size()).as("lines, seed %d", seed).isLessThanOrEqualTo(MAX_LINES * requests);
        assertThat(lines).as("no long input").noneMatch(line -> line.contains("p".repeat(MAX_ECHO + 1))
                || line.contains("v".repeat(MAX_ECHO + 1)) || line.contains("h".repeat(MAX_ECHO + 1)));
        LOG.info("{}: {}, {} log lines", service.title(), this, lines.size());
    }

    private long count(String database, String query) throws SQLException {
        return system.number(database, query);
    }

    private static String shortened(String text) {
        return text.length() <= 1_500 ? text : text.substring(0, 1_500) + "…";
    }
}
