package io.datadrivenchanges.e2e;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

import io.datadrivenchanges.stack.LocalStack;
import io.datadrivenchanges.stack.Part;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// The system with `security.mode=jwt`, as it is run where others can reach it: each caller has a token, Payments too.
class TokenAccessIT {
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String LEVEL = "{\"performance\":\"HIGH\"}";
    private static final KeyPair KEY = newKey();

    @TempDir
    private static Path folder;
    private static Path paymentsToken;
    private static LocalStack stack;

    @BeforeAll
    static void start() throws Exception {
        Path key = Files.writeString(folder.resolve("public.pem"), "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(KEY.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n");
        paymentsToken = folder.resolve("token");
        givePayments("performance.read");
        LocalStack.Builder builder = LocalSystem.builder();
        for (Part service : new Part[]{Part.INCENTIVES, Part.PAYMENTS}) {
            builder.set(service, "security.mode", "jwt")
                    .set(service, "spring.security.oauth2.resourceserver.jwt.audiences", service.title())
                    .set(service, "spring.security.oauth2.resourceserver.jwt.public-key-location",
                            key.toUri().toString());
        }
        stack = builder.set(Part.PAYMENTS, "payments.incentives.token-file", paymentsToken.toString()).start();
    }

    @AfterAll
    static void stop() {
        if (stack != null) {
            stack.close();
        }
    }

    @Test
    void paysWithATokenOfItsOwnForIncentives() throws Exception {
        assertThat(incentives("PUT", 1, "performance.write").status()).isEqualTo(200);

        Answer paid = payPatiently("token-1", 1, "payments.write");

        assertThat(paid.status()).as(paid.body()).isEqualTo(201);
        assertThat(paid.payment().performance()).isEqualTo(Level.HIGH);
    }

    @Test
    void paysNothingWhileIncentivesRefusesItsToken() throws Exception {
        givePayments("performance.nothing");
        try {
            Answer refused = pay("token-2", 2, "payments.write");

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.json().path("type").stringValue()).isEqualTo("/problems/performance-unavailable");
        } finally {
            givePayments("performance.read");
        }
        assertThat(payPatiently("token-2", 2, "payments.write").status()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({"GET, performance.read, 404", "GET, performance.write, 404", "PUT, performance.write, 200",
            "POST, performance.write, 200", "PUT, performance.read, 403", "POST, performance.read, 403",
            "GET, payments.read, 403", "PUT, payments.write, 403", "PUT, ops, 403", "GET, , 401", "PUT, , 401"})
    void opensIncentivesByScope(String method, @Nullable String scope, int status) throws Exception {
        Answer answer = incentives(method, method.equals("GET") ? 99 : 3, scope);

        assertThat(answer.status()).isEqualTo(status);
        if (status >= 400) {
            assertThat(answer.header("Content-Type")).hasValueSatisfying(
                    type -> assertThat(type).startsWith("application/problem+json"));
        }
    }

    @ParameterizedTest
    @CsvSource({"performance.read, 200", "performance.write, 200", "payments.read, 403", ", 401"})
    void listsLevelsByScope(@Nullable String scope, int status) throws Exception {
        assertThat(send(HttpRequest.newBuilder(stack.incentives().resolve("/incentives/performance?limit=1")),
                Part.INCENTIVES, scope).status()).isEqualTo(status);
    }

    @Test
    void auditsForOperatorsOnlyWithThePaymentsToken() throws Exception {
        assertThat(audit("POST", "/audit", "payments.write").status()).isEqualTo(403);

        await("the cache answers, and is right").atMost(PATIENCE).untilAsserted(() -> {
            assertThat(audit("POST", "/audit", "ops").status()).isIn(202, 409);
            assertThat(audit("GET", "", "ops").json().path("audit").path("last").path("outcome").asString())
                    .isEqualTo("clean");
        });
    }

    private static Answer audit(String method, String path, String scope) throws Exception {
        return send(HttpRequest.newBuilder(stack.payments().resolve("/experiments/courier-performance" + path))
                .method(method, BodyPublishers.noBody()), Part.PAYMENTS, scope);
    }

    @ParameterizedTest
    @CsvSource({"payments.write, 201", "payments.read, 403", "performance.write, 403", "ops, 403", ", 401"})
    void opensPaymentsByScope(@Nullable String scope, int status) throws Exception {
        assertThat(payPatiently("scope-" + scope, 4, scope).status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"/experiments/courier-performance, ops, 200", "/experiments/courier-performance, payments.read, 403",
            "/actuator/prometheus, ops, 200", "/actuator/prometheus, payments.write, 403",
            "/actuator/prometheus, , 401",
            "/actuator/health/readiness, , 200", "/v3/api-docs, payments.read, 403"})
    void showsItsNumbersToOperatorsOnly(String path, @Nullable String scope, int status) throws Exception {
        assertThat(send(HttpRequest.newBuilder(stack.payments().resolve(path)), Part.PAYMENTS, scope).status())
                .isEqualTo(status);
    }

    @Test
    void refusesATokenForAnotherServiceAndOneThatNeverEnds() throws Exception {
        URI courier = stack.incentives().resolve("/incentives/performance/5");

        assertThat(send(HttpRequest.newBuilder(courier), token("payments-service", "performance.read", true)).status())
                .isEqualTo(401);
        assertThat(
                send(HttpRequest.newBuilder(courier), token("incentives-service", "performance.read", false)).status())
                .isEqualTo(401);
    }

    private static Answer incentives(String method, long courier, @Nullable String scope) throws Exception {
        return send(HttpRequest.newBuilder(stack.incentives().resolve("/incentives/performance/" + courier))
                .header("Content-Type", "application/json")
                .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString(LEVEL)),
                Part.INCENTIVES, scope);
    }

    /// As clients are told to: on 503 the same request again. On a busy machine Incentives may be too slow for a payment.
    private static Answer payPatiently(String delivery, long courier, @Nullable String scope) {
        return await().atMost(PATIENCE)
                .until(() -> pay(delivery, courier, scope), answer -> answer.status() != 503);
    }

    private static Answer pay(String delivery, long courier, @Nullable String scope) throws Exception {
        return send(HttpRequest.newBuilder(stack.payments().resolve("/payments"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"deliveryId\":\"" + delivery + "\",\"courierId\":" + courier
                        + ",\"amount\":100.00}")),
                Part.PAYMENTS, scope);
    }

    /// @param scope null = without a token
    private static Answer send(HttpRequest.Builder request, Part service, @Nullable String scope) throws Exception {
        return send(request, scope == null ? null : token(service.title(), scope, true));
    }

    private static Answer send(HttpRequest.Builder request, @Nullable String token) throws Exception {
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return Answer.of(HTTP.send(request.timeout(ANSWER).build(), BodyHandlers.ofString()));
    }

    private static void givePayments(String scope) throws Exception {
        Files.writeString(paymentsToken, token(Part.INCENTIVES.title(), scope, true));
    }

    private static String token(String audience, String scope, boolean ends) throws GeneralSecurityException {
        String claims = "{\"sub\":\"somebody\",\"aud\":\"" + audience + "\",\"scope\":\"" + scope + "\""
                + (ends ? ",\"exp\":" + Instant.now().plus(Duration.ofMinutes(5)).getEpochSecond() : "") + "}";
        String signed = base64("{\"alg\":\"RS256\"}".getBytes(US_ASCII)) + "." + base64(claims.getBytes(US_ASCII));
        var signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(KEY.getPrivate());
        signature.update(signed.getBytes(US_ASCII));
        return signed + "." + base64(signature.sign());
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static KeyPair newKey() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
