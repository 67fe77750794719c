package io.datadrivenchanges.payments;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What is paid, what is answered, and how answers repeat.
class PaymentsIT {
    private static RunningPayments payments;

    @BeforeAll
    static void start() {
        payments = new RunningPayments();
    }

    @AfterAll
    static void stop() {
        payments.close();
    }

    @Test
    void answersWithEveryKeyOfTheRow() {
        String delivery = RunningPayments.newDelivery();
        long courier = RunningPayments.newCourier();
        payments.incentives.set(courier, "HIGH", 7);

        var answer = payments.pay(delivery, courier, "100.00");

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Location")).hasValue("/payments/" + delivery);
        assertThat(answer.body()).matches("""
                \\{"deliveryId":"%s","courierId":%d,"currency":"EUR","base":100.00,"incentive":10.00,"total":110.00,\
                "performance":"HIGH","performanceVersion":7,"courierKnown":true,"source":"REST","fallback":null,\
                "stage":"SHADOW","createdAt":"[-0-9]+T[:.0-9]+Z"\\}""".formatted(delivery, courier));
    }

    @ParameterizedTest
    @CsvSource({"NORMAL, 100.00, EUR, 0.00, 100.00", "HIGH, 0.05, EUR, 0.00, 0.05", "HIGH, 0.15, EUR, 0.02, 0.17",
            "HIGH, 10.05, EUR, 1.00, 11.05", "HIGH, 115, JPY, 12, 127", "HIGH, 1.015, KWD, 0.102, 1.117",
            "OUTSTANDING, 0.03, EUR, 0.01, 0.04", "OUTSTANDING, 1000000.00, EUR, 200000.00, 1200000.00"})
    void paysEachLevelInEachCurrency(String level, String base, String currency, String incentive, String total) {
        long courier = RunningPayments.newCourier();
        payments.incentives.set(courier, level, 1);

        var answer = payments.post("{\"deliveryId\":\"%s\",\"courierId\":%d,\"amount\":%s,\"currency\":\"%s\"}"
                .formatted(RunningPayments.newDelivery(), courier, base, currency));

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body())
                .contains("\"base\":" + base + ",\"incentive\":" + incentive + ",\"total\":" + total + ",");
    }

    @Test
    void paysACourierThatIncentivesDoesNotKnowAsNormal() {
        var answer = payments.pay(RunningPayments.newDelivery(), RunningPayments.newCourier(), "5");

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).contains("\"base\":5.00,\"incentive\":0.00,\"total\":5.00,\"performance\":\"NORMAL\","
                + "\"performanceVersion\":null,\"courierKnown\":false,");
    }

    @Test
    void readsAPaymentByteByByteAsItWasAnswered() {
        String delivery = RunningPayments.newDelivery();
        String paid = payments.pay(delivery, RunningPayments.newCourier(), "0.01").body();

        var read = payments.get("/payments/" + delivery);

        assertThat(read.statusCode()).isEqualTo(200);
        assertThat(read.body()).isEqualTo(paid);
        assertThat(payments.get("/payments/not-paid").statusCode()).isEqualTo(404);
    }

    @Test
    void pagesOldestFirst() {
        long courier = RunningPayments.newCourier();
        List<String> paid = IntStream.range(0, 5)
                .mapToObj(_ -> payments.pay(RunningPayments.newDelivery(), courier, "1").body()).toList();

        String first = payments.get("/payments?courierId=" + courier + "&page=0&size=2").body();
        String last = payments.get("/payments?courierId=" + courier + "&page=2&size=2").body();
        String beyond = payments.get("/payments?courierId=" + courier + "&page=3&size=2").body();

        assertThat(first).isEqualTo("{\"courierId\":" + courier + ",\"page\":0,\"size\":2,\"hasNext\":true,\"items\":["
                + paid.get(0) + "," + paid.get(1) + "]}");
        assertThat(last).isEqualTo("{\"courierId\":" + courier + ",\"page\":2,\"size\":2,\"hasNext\":false,\"items\":["
                + paid.get(4) + "]}");
        assertThat(beyond).endsWith("\"hasNext\":false,\"items\":[]}");
    }

    @Test
    void f90PaysTwentyEqualRequestsAtOnceOnce() throws Exception {
        String delivery = RunningPayments.newDelivery();
        long courier = RunningPayments.newCourier();
        var go = new CountDownLatch(1);

        List<Future<HttpResponse<String>>> answers;
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            answers = IntStream.range(0, 20).mapToObj(_ -> callers.submit(() -> {
                go.await();
                return payments.pay(delivery, courier, "12.34");
            })).toList();
            go.countDown();
        }

        assertThat(answers).extracting(Future::resultNow).extracting(HttpResponse::statusCode)
                .containsOnly(200, 201).containsOnlyOnce(201);
        assertThat(answers).extracting(Future::resultNow).extracting(HttpResponse::body)
                .containsOnly(answers.getFirst().resultNow().body());
        assertThat(rows("payments", delivery)).isEqualTo(1);
    }

    @Test
    void writesOneAuditRowForEachPayment() {
        payments.pay(RunningPayments.newDelivery(), RunningPayments.newCourier(), "1");

        Map<String, @Nullable Object> counts = RunningPayments.sql("pay_app").sql("""
                SELECT (SELECT count(*) FROM payments) AS payments, (SELECT count(*) FROM payment_audit) AS audited,
                    (SELECT count(DISTINCT payment_id) FROM payment_audit) AS audited_payments""").query().singleRow();

        assertThat(counts.get("audited")).isEqualTo(counts.get("payments"));
        assertThat(counts.get("audited_payments")).isEqualTo(counts.get("payments"));
    }

    private static long rows(String table, String delivery) {
        return RunningPayments.sql("pay_app").sql("SELECT count(*) FROM " + table + " WHERE delivery_id = ?")
                .param(delivery)
                .query(Long.class).single();
    }
}
