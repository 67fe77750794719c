package io.datadrivenchanges.payments;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// The same request again, another request for the same delivery, and keys in all combinations.
class IdempotencyIT {
    private static RunningPayments payments;

    private final String delivery = RunningPayments.newDelivery();
    private final String key = "key-of-" + delivery;
    private final long courier = RunningPayments.newCourier();

    @BeforeAll
    static void start() {
        payments = new RunningPayments();
    }

    @AfterAll
    static void stop() {
        payments.close();
    }

    @Test
    void p3AnswersTheSameRequestWithTheSameBytes() {
        payments.incentives.set(courier, "HIGH", 1);
        HttpResponse<String> first = payments.pay(delivery, courier, "100");
        payments.incentives.set(courier, "OUTSTANDING", 2);

        HttpResponse<String> again = payments.post(
                "{ \"amount\": 100.0, \"currency\": \"EUR\", \"courierId\": " + courier + ", \"deliveryId\": \""
                        + delivery + "\" }");

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertThat(again.body()).isEqualTo(first.body());
    }

    @Test
    void refusesAnotherRequestForAPaidDeliveryAndNamesWhatDiffers() {
        payments.pay(delivery, courier, "100");

        HttpResponse<String> other = payments.post("{\"deliveryId\":\"" + delivery + "\",\"courierId\":" + (courier + 1)
                + ",\"amount\":101,\"currency\":\"JPY\"}");

        assertProblem(other, 409, "payment-conflict");
        assertThat(other.body()).contains("\"differs\":[\"courierId\",\"amount\",\"currency\"]");
    }

    @Test
    void answersTheSameKeyWithTheSamePayment() {
        HttpResponse<String> first = payWithKey(delivery, "100", key);
        HttpResponse<String> again = payWithKey(delivery, "100.00", "\"" + key + "\"");

        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
    }

    @Test
    void f91RefusesAKeyThatBelongsToAnotherRequest() {
        payWithKey(delivery, "100", key);

        assertProblem(payWithKey(RunningPayments.newDelivery(), "100", key), 422, "idempotency-key-reused");
        assertProblem(payWithKey(delivery, "101", key), 422, "idempotency-key-reused");
    }

    @Test
    void f92BindsFurtherKeysToTheSamePayment() {
        String paid = payments.pay(delivery, courier, "100").body();

        assertThat(payWithKey(delivery, "100", key).body()).isEqualTo(paid);
        assertProblem(payWithKey(RunningPayments.newDelivery(), "100", key), 422, "idempotency-key-reused");
    }

    @Test
    void p4LeavesAKeyFreeThatCameWithARefusedRequest() {
        assertProblem(payWithKey(delivery, "-1", key), 400, "invalid-field");
        payments.pay(delivery, courier, "7");
        assertProblem(payWithKey(delivery, "8", key), 409, "payment-conflict");

        assertThat(payWithKey(RunningPayments.newDelivery(), "9", key).statusCode()).isEqualTo(201);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"\"", "short", "has blank", "\"unclosed-key", "semi;colon-key", "a/b/c/d/e"})
    void refusesAMalformedKey(String malformed) {
        var answer = payWithKey(delivery, "1", malformed);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(payments.get("/payments/" + delivery).statusCode()).isEqualTo(404);
    }

    @Test
    void refusesAKeyOfThreeHundredCharactersAndTwoKeys() {
        String order = RunningPayments.order(delivery, courier, "1");

        assertProblem(payWithKey(delivery, "1", "k".repeat(300)), 400, "idempotency-key-invalid");
        assertProblem(payments.post(order, "Idempotency-Key", key, "Idempotency-Key", key), 400,
                "idempotency-key-invalid");
        assertThat(payWithKey(delivery, "1", "k".repeat(128)).statusCode()).isEqualTo(201);
    }

    @Test
    void f91LetsOneOfManyRequestsWithOneKeyWin() throws Exception {
        var go = new CountDownLatch(1);
        List<Future<HttpResponse<String>>> answers;
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            answers = IntStream.range(0, 16).mapToObj(i -> callers.submit(() -> {
                go.await();
                return payWithKey(delivery + "-" + i, "1", key);
            })).toList();
            go.countDown();
        }

        assertThat(answers).extracting(Future::resultNow).extracting(HttpResponse::statusCode)
                .containsOnly(201, 422).containsOnlyOnce(201);
    }

    private HttpResponse<String> payWithKey(String paidDelivery, String amount, String withKey) {
        return payments.post(RunningPayments.order(paidDelivery, courier, amount), "Idempotency-Key", withKey);
    }

    static void assertProblem(HttpResponse<String> answer, int status, String name) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("\"type\":\"/problems/" + name + "\"");
    }
}
