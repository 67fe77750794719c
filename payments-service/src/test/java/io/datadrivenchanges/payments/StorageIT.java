package io.datadrivenchanges.payments;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// What the database guarantees, and what a payment does while the database or Incentives does not answer.
class StorageIT {
    private static final Duration HEALED = Duration.ofSeconds(10);
    private static final Map<String, Integer> BASIS_POINTS = Map.of("NORMAL", 0, "HIGH", 1_000, "OUTSTANDING", 2_000);
    private static DatabaseProxy proxy;
    private static RunningPayments payments;

    private final String delivery = RunningPayments.newDelivery();
    private final long courier = RunningPayments.newCourier();

    @BeforeAll
    static void start() {
        proxy = new DatabaseProxy(RunningPayments.postgres().port());
        payments = new RunningPayments(
                "spring.datasource.url=jdbc:postgresql://127.0.0.1:" + proxy.port() + "/payments");
    }

    @AfterAll
    static void stop() {
        payments.close();
        proxy.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"payments", "idempotency_keys", "payment_audit", "stage_audit"})
    void f64RefusesToChangeWhatWasWritten(String table) {
        for (String change : List.of("UPDATE " + table + " SET created_by = 'x'", "DELETE FROM " + table,
                "TRUNCATE " + table)) {
            String statement = table.equals("payments") ? change : change.replace("created_by = 'x'", columnOf(table));
            assertSqlState("pay_app", statement, "42501");
            assertSqlState("pay_migrator", statement.replace("TRUNCATE " + table, "TRUNCATE " + table + " CASCADE"),
                    "55000");
        }
    }

    private static String columnOf(String table) {
        return table.equals("idempotency_keys") ? "caller = 'x'" : "who = 'x'";
    }

    private static void assertSqlState(String role, String statement, String state) {
        assertThatThrownBy(() -> {
            try (Connection connection = DriverManager.getConnection(RunningPayments.postgres().jdbcUrl("payments"),
                    role, role);
                    var sql = connection.createStatement()) {
                sql.execute(statement);
            }
        }).as("%s: %s", role, statement).isInstanceOfSatisfying(SQLException.class,
                e -> assertThat(e.getSQLState()).isEqualTo(state));
    }

    @Test
    void p6RecomputesEveryTotalFromItsRow() {
        payments.incentives.set(courier, "HIGH", 1);
        for (int i = 1; i <= 30; i++) {
            assertThat(
                    payments.pay(RunningPayments.newDelivery(), courier, "0." + (i < 10 ? "0" : "") + i).statusCode())
                    .isEqualTo(201);
        }

        List<Map<String, @Nullable Object>> rows = JdbcClient.create(payments.bean(HikariDataSource.class))
                .sql("SELECT * FROM payments").query().listOfRows();

        assertThat(rows).hasSizeGreaterThanOrEqualTo(30).allSatisfy(row -> {
            var base = new BigDecimal(String.valueOf(row.get("base_minor")));
            var points = new BigDecimal(BASIS_POINTS.getOrDefault(String.valueOf(row.get("performance")), -1));
            BigDecimal incentive = base.multiply(points).divide(BigDecimal.valueOf(10_000), 0, RoundingMode.HALF_EVEN);
            assertThat(row.get("incentive_minor")).hasToString(incentive.toString());
            assertThat(row.get("total_minor")).hasToString(base.add(incentive).toString());
            assertThat(row.get("adjustment_bps")).hasToString(points.toString());
        });
    }

    @Test
    void p10PaysNothingWhileIncentivesFailsAndEverythingAfter() {
        payments.incentives.behave((exchange, _) -> FakeIncentives.send(exchange, 500, "text/plain", ""));
        HttpResponse<String> refused = payments.post(RunningPayments.order(delivery, courier, "5"), "Idempotency-Key",
                "key-" + delivery);
        payments.incentives.behaveWell();

        IdempotencyIT.assertProblem(refused, 503, "performance-unavailable");
        assertThat(refused.headers().firstValue("Retry-After").orElse("")).matches("[1-3]");
        assertThat(payments.get("/payments/" + delivery).statusCode()).isEqualTo(404);
        assertThat(payments.post(RunningPayments.order(delivery, courier, "5"), "Idempotency-Key", "key-" + delivery)
                .statusCode())
                .isEqualTo(201);
    }

    @Test
    void p13HoldsNoConnectionWhileIncentivesHangs() throws Exception {
        var inside = new CountDownLatch(12);
        var released = new CountDownLatch(1);
        List<Future<HttpResponse<String>>> answers = new ArrayList<>();
        try (var waiting = new RunningPayments()) {
            waiting.incentives.behave((_, _) -> {
                inside.countDown();
                hold(released);
            });
            try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 12; i++) {
                    answers.add(callers.submit(() -> waiting.pay(RunningPayments.newDelivery(), courier, "1")));
                }
                assertThat(inside.await(5, TimeUnit.SECONDS)).isTrue();

                assertThat(waiting.bean(HikariDataSource.class).getHikariPoolMXBean().getActiveConnections()).isZero();
            } finally {
                released.countDown();
            }
        }
        assertThat(answers).extracting(Future::resultNow).extracting(HttpResponse::statusCode).containsOnly(503);
    }

    @Test
    void p3FindsThePaymentWhoseAnswerWasLost() {
        proxy.loseAnswerTo("INSERT INTO payments");

        HttpResponse<String> answer = payments.pay(delivery, courier, "5");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(payments.pay(delivery, courier, "5").body()).isEqualTo(answer.body());
    }

    @Test
    void p3SaysThatTheOutcomeIsUnknownIfTheConnectionEndsBeforeTheCommit() throws Exception {
        try (Connection other = DriverManager.getConnection(RunningPayments.postgres().jdbcUrl("payments"), "pay_app",
                "pay_app");
                var sql = other.createStatement();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            other.setAutoCommit(false);
            sql.execute(
                    """
                            INSERT INTO payments (delivery_id, courier_id, currency, currency_digits, base_minor, adjustment_bps,
                                incentive_minor, total_minor, performance, courier_known, source, stage, rule_version, created_by, request_id)
                            VALUES ('%s', 1, 'EUR', 2, 1, 0, 0, 1, 'NORMAL', false, 'REST', 'OFF', 1, 'other', 'r')"""
                            .formatted(delivery));
            Future<HttpResponse<String>> answer = callers.submit(() -> payments.pay(delivery, courier, "5"));

            await("the insert waits and is cut").atMost(Duration.ofMillis(900)).pollInterval(Duration.ofMillis(10))
                    .until(() -> RunningPayments.sql("postgres").sql("""
                            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                            WHERE wait_event_type = 'Lock' AND query LIKE 'WITH p AS%'""").query(Long.class)
                            .single() == 1);

            IdempotencyIT.assertProblem(answer.get(5, TimeUnit.SECONDS), 503, "storage-unavailable");
            assertThat(answer.resultNow().body()).contains("outcome is unknown");
            other.rollback();
        }
        assertThat(payments.pay(delivery, courier, "5").statusCode()).isEqualTo(201);
    }

    @Test
    void f13RefusesWhileTheDatabaseIsGoneAndPaysWhenItIsBack() {
        String paid = payments.pay(delivery, courier, "5").body();
        RunningPayments.postgres().kill();

        HttpResponse<String> refused = payments.pay(RunningPayments.newDelivery(), courier, "5");

        IdempotencyIT.assertProblem(refused, 503, "storage-unavailable");
        assertThat(refused.headers().firstValue("Retry-After").orElse("")).matches("[1-3]");
        assertThat(payments.get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        assertThat(payments.get("/actuator/health/liveness").statusCode()).isEqualTo(200);

        RunningPayments.postgres().restart();
        await("paying again").atMost(HEALED).untilAsserted(
                () -> assertThat(payments.pay(RunningPayments.newDelivery(), courier, "5").statusCode())
                        .isEqualTo(201));
        assertThat(payments.get("/payments/" + delivery).body()).isEqualTo(paid);
        assertThat(payments.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
    }

    @Test
    void isNotReadyOnADatabaseThatMayForget() {
        RunningPayments.postgres().run("ALTER ROLE pay_app SET synchronous_commit = off");
        try (var careless = new RunningPayments()) {
            var readiness = careless.get("/actuator/health/readiness");

            assertThat(readiness.statusCode()).isEqualTo(503);
            assertThat(readiness.body()).contains("\"synchronousCommit\":\"off\"");
        } finally {
            RunningPayments.postgres().run("ALTER ROLE pay_app RESET synchronous_commit");
        }
    }

    private static void hold(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
