package io.datadrivenchanges.http;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SecurityIT {
    private static final KeyPair KEY = newKey();
    private static final String THING = "{\"name\":\"n\",\"size\":1}";

    @TempDir
    private static Path folder;
    private static Sample sample;

    @BeforeAll
    static void start() throws Exception {
        Path key = Files.writeString(folder.resolve("public.pem"), "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(KEY.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n");
        sample = Sample.start("security.mode=jwt", "spring.security.oauth2.resourceserver.jwt.audiences=sample",
                "spring.security.oauth2.resourceserver.jwt.public-key-location=" + key.toUri());
    }

    @AfterAll
    static void stop() {
        sample.close();
    }

    /// Tokens that must not be accepted.
    enum Bad {
        NONE, EMPTY, GARBAGE, UNSIGNED, EXPIRED, ENDLESS, NOT_YET, OTHER_KEY, OTHER_AUDIENCE, NO_AUDIENCE, NO_SUBJECT, LONG_SUBJECT, NUL_SUBJECT, PUBLIC_KEY_AS_SECRET, BASIC;

        String header() throws Exception {
            JWTClaimsSet.Builder good = claims("things.read");
            return switch (this) {
                case NONE -> "";
                case EMPTY -> "Bearer ";
                case GARBAGE -> "Bearer a.b.c";
                case UNSIGNED -> "Bearer " + new PlainJWT(good.build()).serialize();
                case EXPIRED -> bearer(KEY, good.expirationTime(in(Duration.ofSeconds(-61))));
                case ENDLESS -> bearer(KEY, good.expirationTime(null));
                case NOT_YET -> bearer(KEY, good.notBeforeTime(in(Duration.ofMinutes(2))));
                case OTHER_KEY -> bearer(newKey(), good);
                case OTHER_AUDIENCE -> bearer(KEY, good.audience("another"));
                case NO_AUDIENCE -> bearer(KEY, good.audience((String) null));
                case NO_SUBJECT -> bearer(KEY, good.subject(null));
                case LONG_SUBJECT -> bearer(KEY, good.subject("s".repeat(256)));
                case NUL_SUBJECT -> bearer(KEY, good.subject("a\0b"));
                case PUBLIC_KEY_AS_SECRET -> {
                    var token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), good.build());
                    token.sign(new MACSigner(KEY.getPublic().getEncoded()));
                    yield "Bearer " + token.serialize();
                }
                case BASIC -> "Basic dXNlcjpwYXNz";
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesEveryBadToken(Bad bad) throws Exception {
        var response = bad == Bad.NONE ? sample.get("/things") : sample.get("/things", "Authorization", bad.header());

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(Sample.type(response)).isEqualTo("/problems/unauthenticated");
        assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    }

    @Test
    void asksForTheScopeOfThePath() throws Exception {
        String reader = bearer(KEY, claims("things.read"));
        String writer = bearer(KEY, claims("things.write other"));

        assertThat(sample.get("/things", "Authorization", reader).statusCode()).isEqualTo(200);
        assertThat(sample.get("/things", "Authorization", writer).statusCode()).isEqualTo(200);
        assertThat(sample.post("/things", THING, "Authorization", writer).statusCode()).isEqualTo(200);
        var refused = sample.post("/things", THING, "Authorization", reader);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(Sample.type(refused)).isEqualTo("/problems/forbidden");
    }

    @Test
    void refusesWhatNoRuleNames() throws Exception {
        assertThat(sample.get("/conflict", "Authorization", bearer(KEY, claims("things.read"))).statusCode())
                .isEqualTo(403);
        assertThat(sample.get("/nothing").statusCode()).isEqualTo(401);
        assertThat(sample.get("/public").body()).isEqualTo("hello");
    }

    @Test
    void tellsTheCaller() throws Exception {
        var caller = Sample.json(sample.get("/caller", "Authorization", bearer(KEY, claims("things.read"))));

        assertThat(caller.get("name").asString()).isEqualTo("somebody");
        assertThat(caller.get("trusted").asBoolean()).isFalse();
    }

    @Test
    void showsEveryoneOnlyWhetherItIsUp() throws Exception {
        assertThat(sample.get("/actuator/health/liveness").body()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(sample.get("/actuator/health/readiness").body()).isEqualTo("{\"status\":\"UP\"}");
        assertThat(sample.get("/actuator/health").statusCode()).isEqualTo(401);
        assertThat(sample.get("/actuator/info", "Authorization", bearer(KEY, claims("things.read"))).statusCode())
                .isEqualTo(403);
        assertThat(sample.get("/actuator/health", "Authorization", bearer(KEY, claims("ops"))).body())
                .contains("components");
    }

    @Test
    void doesNotStartWithTokensForAnyAudience() {
        assertThatThrownBy(() -> Sample.start("security.mode=jwt")).hasStackTraceContaining("without an audience");
    }

    @Test
    void doesNotStartOpenToTheNetwork() {
        assertThatThrownBy(() -> Sample.start("server.address=0.0.0.0"))
                .hasStackTraceContaining("is not a loopback address");
        assertThatThrownBy(() -> Sample.start("management.server.port=0", "management.server.address=0.0.0.0"))
                .hasStackTraceContaining("is not a loopback address");
    }

    @Test
    void startsOpenWhereSomethingElseKeepsItPrivate() throws Exception {
        try (var open = Sample.start("server.address=0.0.0.0", "security.open-behind-loopback=true")) {
            assertThat(Sample.json(open.get("/caller")).get("name").asString()).isEqualTo("local");
        }
    }

    @Test
    void doesNotStartWithAMisspeltKey() {
        assertThatThrownBy(() -> Sample.start("security.modus=jwt")).hasStackTraceContaining("security.modus");
    }

    private static JWTClaimsSet.Builder claims(String scope) {
        return new JWTClaimsSet.Builder().subject("somebody").audience("sample").claim("scope", scope)
                .expirationTime(in(Duration.ofMinutes(5)));
    }

    private static Date in(Duration time) {
        return Date.from(Instant.now().plus(time));
    }

    private static String bearer(KeyPair key, JWTClaimsSet.Builder claims) throws Exception {
        var token = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims.build());
        token.sign(new RSASSASigner(key.getPrivate()));
        return "Bearer " + token.serialize();
    }

    private static KeyPair newKey() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
