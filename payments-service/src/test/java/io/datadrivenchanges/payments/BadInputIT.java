package io.datadrivenchanges.payments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/// Every bad request gets a 4xx that says what is wrong, changes nothing, and leaves the service as it was.
class BadInputIT {
    /// Far above the second that is promised on a quiet machine: it tells a refusal from a wait, not fast from slow.
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final int SOCKET_TIMEOUT = 5_000;
    private static final long COURIER = 77;
    private static RunningPayments payments;

    @BeforeAll
    static void start() {
        payments = new RunningPayments();
        payments.pay(RunningPayments.newDelivery(), COURIER, "1");
    }

    @AfterAll
    static void stop() {
        payments.close();
    }

    /// A body with some of its fields replaced.
    private static String body(String deliveryId, String courierId, String amount, String more) {
        return "{\"deliveryId\":" + deliveryId + ",\"courierId\":" + courierId + ",\"amount\":" + amount + more + "}";
    }

    private static String amount(String amount) {
        return body("\"bad\"", "1", amount, "");
    }

    private static String courier(String courier) {
        return body("\"bad\"", courier, "1", "");
    }

    private static String delivery(String delivery) {
        return body(delivery, "1", "1", "");
    }

    private static String currency(String currency) {
        return body("\"bad\"", "1", "1", ",\"currency\":" + currency);
    }

    static Stream<Arguments> shapes() {
        String right = amount("1");
        return Stream.of(arguments("", "malformed-json"), arguments(" ", "malformed-json"), arguments("null", null),
                arguments("[]", null), arguments("[" + right + "]", null), arguments("\"text\"", null),
                arguments("1", null), arguments("true", null), arguments("{", "malformed-json"),
                arguments("{\"a", "malformed-json"), arguments("{}{}", null),
                arguments(right + right, "malformed-json"),
                arguments(right + "x", "malformed-json"), arguments("/* */" + right, "malformed-json"),
                arguments("// \n" + right, "malformed-json"), arguments(right.replace("\"", "'"), "malformed-json"),
                arguments(right.replace("}", ",}"), "malformed-json"),
                arguments(right.replace(':', '='), "malformed-json"),
                arguments("deliveryId=d&courierId=1", "malformed-json"), arguments("<order/>", "malformed-json"),
                arguments("{}", "invalid-field"), arguments("{\"deliveryId\":\"bad\"}", "invalid-field"),
                arguments(body("\"bad\"", "1", "1", ",\"x\":1"), "unknown-field"),
                arguments(body("\"bad\"", "1", "1", ",\"performance\":\"HIGH\""), "unknown-field"),
                arguments(body("\"bad\"", "1", "1", ",\"DeliveryId\":\"bad\""), "unknown-field"),
                arguments(body("\"bad\"", "1", "1", ",\"" + "n".repeat(65) + "\":1"), null),
                arguments(body("\"bad\"", "1", "1", ",\"amount\":1"), "duplicate-field"),
                arguments(body("\"bad\"", "1", "1", ",\"\\u0064eliveryId\":\"bad\""), "duplicate-field"),
                arguments("[".repeat(9) + "]".repeat(9), null), arguments("[".repeat(30_000), null),
                arguments("{\"a\":".repeat(5_000), null), arguments(amount("[[[[[[[[[1]]]]]]]]]"), null));
    }

    static Stream<Arguments> types() {
        return Stream.of(amount("\"100\""), amount("true"), amount("null"), amount("[100]"), amount("{\"value\":1}"),
                amount("\"\""), courier("1.0"), courier("1e2"), courier("\"1\""), courier("true"), courier("null"),
                courier("[1]"), courier("{}"), courier("\"\""), delivery("5"), delivery("5.5"), delivery("true"),
                delivery("null"), delivery("[\"d\"]"), delivery("{}"), currency("null"), currency("1"),
                currency("true"),
                currency("[\"EUR\"]"), currency("{}"),
                "{\"deliveryId\":\"bad\",\"courierId\":1}", "{\"deliveryId\":\"bad\",\"amount\":1}",
                "{\"courierId\":1,\"amount\":1}").map(text -> arguments(text, "invalid-field"));
    }

    static Stream<Arguments> numbers() {
        Stream<String> invalid = Stream.of(amount("0"), amount("0.00"), amount("-1"), amount("-0"), amount("-0.0"),
                amount("1e2"),
                amount("1E2"), amount("1e1000000000"), amount("1e-1000000000"), amount("100.001"), amount("100.000"),
                amount("0.0001"), amount("1000000.01"), amount("999999999999"), amount("1000000000000"),
                amount("9223372036854775808"), body("\"bad\"", "1", "1.5", ",\"currency\":\"JPY\""),
                body("\"bad\"", "1", "1.0001", ",\"currency\":\"KWD\""), courier("0"), courier("-1"), courier("-0"),
                courier("9007199254740992"), courier("9223372036854775808"), courier("1e400"));
        Stream<String> malformed = Stream.of(amount("0100"), amount(".5"), amount("5."), amount("+1"), amount("NaN"),
                amount("Infinity"), amount("0x10"), amount("1_000"), amount("1,5"), amount("--1"), courier("01"));
        Stream<String> either = Stream.of(amount("1".repeat(33)), amount("0." + "1".repeat(40)),
                courier("9".repeat(1_000)));
        return Stream.of(invalid.map(text -> arguments(text, "invalid-field")),
                malformed.map(text -> arguments(text, "malformed-json")), either.map(text -> arguments(text, null)))
                .flatMap(all -> all);
    }

    static Stream<Arguments> strings() {
        Stream<String> invalid = Stream.of(delivery("\"\""), delivery("\"" + "d".repeat(65) + "\""), delivery("\" d\""),
                delivery("\"d \""), delivery("\"a\\u0000\""), delivery("\"\\ud800\""), delivery("\"\\u0430\""),
                delivery("\"а\""),
                delivery("\"é\""), delivery("\"e\\u0301\""), delivery("\"\\u202e\""), delivery("\"\\u200b\""),
                delivery("\"😀\""),
                delivery("\"-d\""), delivery("\".d\""), delivery("\"a/b\""), delivery("\"a\\nb\""),
                delivery("\"a\\tb\""),
                delivery("\"' OR '1'='1\""), delivery("\"${jndi:ldap://x}\""), delivery("\"../../etc/passwd\""),
                delivery("\"<script>\""), delivery("\"d;DROP TABLE payments\""), delivery("\"%00\""),
                delivery("\"a\\r\\nX: 1\""),
                delivery("\"#{7*7}\""), delivery("\"d\\\\0\""), currency("\"eur\""), currency("\"XXX\""),
                currency("\"ZZZ\""),
                currency("\"XAU\""), currency("\"CLF\""), currency("\"\""), currency("\"EURO\""), currency("\"EU\""),
                currency("\" EUR\""), currency("\"ЕUR\""), currency("\"E\\u0000R\""));
        Stream<String> malformed = Stream.of(delivery("\"a\nb\""), delivery("\"\\x\""), delivery("\"\\u12\""),
                delivery("bad"),
                delivery("\"a\tb\""));
        return Stream.concat(Stream.concat(invalid.map(text -> arguments(text, "invalid-field")),
                malformed.map(text -> arguments(text, "malformed-json"))),
                Stream.of(arguments(delivery("\"" + "d".repeat(5_000) + "\""), null)));
    }

    @ParameterizedTest
    @MethodSource({"shapes", "types", "numbers", "strings"})
    void refusesABadBody(String body, @Nullable String problem) throws IOException {
        assertRefused(post(body.getBytes(UTF_8)), problem, 400);
    }

    static Stream<Arguments> stages() {
        Stream<String> invalid = Stream.of("{}", "{\"stage\":\"SHADOW\"}", "{\"reason\":\"some reason\"}",
                stage("null", ""), stage("\"LIFE\"", ""), stage("\"live\"", ""), stage("\"\"", ""), stage("1", ""),
                stage("true", ""), stage("[\"SHADOW\"]", ""), stage("{}", ""), stage("\" SHADOW\"", ""),
                stage("\"CANARY\"", ""), stage("\"CANARY\"", ",\"percentage\":0"),
                stage("\"CANARY\"", ",\"percentage\":101"), stage("\"CANARY\"", ",\"percentage\":-1"),
                stage("\"CANARY\"", ",\"percentage\":5.0"), stage("\"CANARY\"", ",\"percentage\":\"5\""),
                stage("\"CANARY\"", ",\"percentage\":1e1"), stage("\"CANARY\"", ",\"percentage\":4294967301"),
                stage("\"CANARY\"", ",\"percentage\":null"), stage("\"CANARY\"", ",\"percentage\":[5]"),
                stage("\"SHADOW\"", ",\"percentage\":5"), stage("\"OFF\"", ",\"override\":\"\""),
                stage("\"OFF\"", ",\"override\":5"), stage("\"OFF\"", ",\"override\":true"),
                stage("\"OFF\"", ",\"override\":\"two words\""),
                stage("\"OFF\"", ",\"override\":\"" + "o".repeat(65) + "\""),
                reason("null"), reason("\"\""), reason("\"ab\""), reason("\"     \""), reason("5"),
                reason("\"two\\nlines\""), reason("\"a\\u0000b\""), reason("\"\\u202eabc\""), reason("\"\\ud800abc\""),
                reason("\"tab\\there\""), reason("\"" + "r".repeat(201) + "\""), reason("[\"a reason\"]"));
        return Stream.of(invalid.map(text -> arguments(text, "invalid-field", 400)),
                Stream.of(arguments(stage("\"OFF\"", ",\"who\":\"me\""), "unknown-field", 400),
                        arguments(stage("\"OFF\"", ",\"Stage\":\"OFF\""), "unknown-field", 400),
                        arguments(stage("\"OFF\"", ",\"stage\":\"LIVE\""), "duplicate-field", 400),
                        arguments("", "malformed-json", 400), arguments("[]", null, 400),
                        arguments("{", "malformed-json", 400),
                        arguments(stage("\"OFF\"", "") + "{}", null, 400),
                        arguments(stage("\"LIVE\"", ""), "stage-not-reachable", 409),
                        arguments(stage("\"COMPLETE\"", ""), "stage-not-reachable", 409)))
                .flatMap(all -> all);
    }

    private static String stage(String stage, String more) {
        return "{\"stage\":" + stage + ",\"reason\":\"some reason\"" + more + "}";
    }

    private static String reason(String reason) {
        return "{\"stage\":\"OFF\",\"reason\":" + reason + "}";
    }

    @ParameterizedTest
    @MethodSource("stages")
    void refusesABadStage(String body, @Nullable String problem, int status) throws IOException {
        long changes = changes();

        assertRefused(exchange("PUT /experiments/courier-performance/stage", "Content-Type: application/json",
                body.getBytes(UTF_8)), problem, status);

        assertThat(changes()).isEqualTo(changes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"share\":null}", "{\"share\":-0.1}", "{\"share\":1.01}", "{\"share\":\"0.5\"}",
            "{\"share\":true}",
            "{\"share\":[0.5]}", "{\"share\":1e400}", "{\"share\":NaN}", "{\"share\":0.5,\"x\":1}",
            "{\"share\":0.5,\"share\":1}", "", "0.5"})
    void refusesABadShare(String body) throws IOException {
        assertRefused(exchange("PUT /experiments/courier-performance/sampling", "Content-Type: application/json",
                body.getBytes(UTF_8)), null, 400);
        assertThat(payments.get("/experiments/courier-performance").body()).contains("\"sampling\":1.0,");
    }

    private static long changes() {
        return payments.bean(JdbcClient.class).sql("SELECT count(*) FROM stage_audit").query(Long.class).single();
    }

    static Stream<Arguments> encodings() {
        byte[] right = amount("1").getBytes(UTF_8);
        return Stream.of(arguments("byte order mark", concat(new byte[]{(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}, right)),
                arguments("UTF-16", amount("1").getBytes(StandardCharsets.UTF_16)),
                arguments("UTF-16LE", amount("1").getBytes(StandardCharsets.UTF_16LE)),
                arguments("UTF-32", amount("1").getBytes(Charset.forName("UTF-32BE"))),
                arguments("overlong", delivery("\"a@b\"").replace('@', '\u0001').getBytes(UTF_8)),
                arguments("overlong slash", replace(delivery("\"a@b\""), 0xC0, 0xAF)),
                arguments("lone continuation", replace(delivery("\"a@b\""), 0x80)),
                arguments("surrogate", replace(delivery("\"a@b\""), 0xED, 0xA0, 0x80)),
                arguments("beyond Unicode", replace(delivery("\"a@b\""), 0xF5, 0x80, 0x80, 0x80)),
                arguments("Latin-1", replace(delivery("\"a@b\""), 0xE9)), arguments("NUL", replace(amount("1@"), 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("encodings")
    void refusesABadEncoding(String what, byte[] body) throws IOException {
        assertRefused(post(body), what.equals("overlong") ? "malformed-json" : "bad-encoding", 400);
    }

    static Stream<Arguments> negotiations() {
        return Stream.of(arguments("Content-Type: text/plain", 415), arguments("Content-Type: application/xml", 415),
                arguments("Content-Type: application/x-www-form-urlencoded", 415),
                arguments("Content-Type: multipart/form-data; boundary=x", 415),
                arguments("Content-Type: garbage", 415),
                arguments("Content-Type: application/json;charset=utf-16", 415),
                arguments("Content-Type: application/json;charset=latin1", 415), arguments("X-None: 1", 415),
                arguments("Content-Type: application/json\r\nContent-Encoding: gzip", 415),
                arguments("Content-Type: application/json\r\nContent-Encoding: deflate", 415),
                arguments("Content-Type: application/json\r\nAccept: text/html", 406),
                arguments("Content-Type: application/json\r\nAccept: application/xml", 406),
                arguments("Content-Type: application/json\r\nAccept: garbage", 406),
                arguments("Content-Type: application/json\r\nAccept: image/*", 406));
    }

    @ParameterizedTest
    @MethodSource("negotiations")
    void refusesWhatItCannotReadOrWrite(String headers, int status) throws IOException {
        assertRefused(exchange("POST /payments", headers, amount("1").getBytes(UTF_8)), null, status);
    }

    static Stream<Arguments> keys() {
        return Stream
                .of("", "\"\"", "seven77", "k".repeat(129), "has a blank in it", "\"only-one-quote", "'single-quotes'",
                        "semi;colon-key", "a/b/c/d/e/f", "comma,comma,comma", "ключ-ключ-ключ", "Größe-Größe",
                        "key-key\tkey", "{\"a\":\"b\"}",
                        "' OR '1'='1", "${jndi:ldap://x}", "first-key-1\r\nIdempotency-Key: second-key-2")
                .map(Arguments::arguments);
    }

    @ParameterizedTest
    @MethodSource("keys")
    void refusesABadKey(String key) throws IOException {
        assertRefused(exchange("POST /payments", "Content-Type: application/json\r\nIdempotency-Key: " + key,
                amount("1").getBytes(UTF_8)), null, 400);
    }

    static Stream<Arguments> paths() {
        return Stream.of(arguments("GET /", 404), arguments("GET /error", 404), arguments("GET /nothing", 404),
                arguments("GET /payments/unknown-id", 404), arguments("GET /payments/" + "d".repeat(65), 404),
                arguments("GET /payments/%D0%B0", 404), arguments("GET /payments/a/b", 404),
                arguments("GET /Payments", 404),
                arguments("GET /payments.json", 404), arguments("GET /experiments/unknown", 404),
                arguments("GET /actuator/env", 404), arguments("GET /actuator/heapdump", 404),
                arguments("GET //payments/1", 400), arguments("GET /payments/..%2f", 400),
                arguments("GET /payments/%2e%2e/x", 400),
                arguments("GET /payments;a=b", 400), arguments("GET /payments/x;a=b", 400),
                arguments("GET /payments/%zz", 400),
                arguments("GET /payments/a%00", 400), arguments("GET /payments/a%5cb", 400),
                arguments("GET /payments/a\\b", 400),
                arguments("GET /payments", 400), arguments("GET /payments?courierId=", 400),
                arguments("GET /payments?courierId=0", 400), arguments("GET /payments?courierId=-1", 400),
                arguments("GET /payments?courierId=abc", 400), arguments("GET /payments?courierId=1.0", 400),
                arguments("GET /payments?courierId=01", 400),
                arguments("GET /payments?courierId=9007199254740992", 400),
                arguments("GET /payments?courierId=99999999999999999999", 400),
                arguments("GET /payments?courierId=1&courierId=2", 400),
                arguments("GET /payments?courierId=1&page=1&page=2", 400),
                arguments("GET /payments?courierId=1&page=-1", 400),
                arguments("GET /payments?courierId=1&page=1001", 400),
                arguments("GET /payments?courierId=1&page=", 400), arguments("GET /payments?courierId=1&size=0", 400),
                arguments("GET /payments?courierId=1&size=201", 400),
                arguments("GET /payments?courierId=1&size=10000", 400),
                arguments("GET /payments?courierId=1&sort=x", 400), arguments("GET /payments?courierid=1", 400),
                arguments("GET /payments?courierId=%zz", 400), arguments("GET /experiments?x=1", 400),
                arguments("DELETE /payments", 405), arguments("PUT /payments", 405), arguments("PATCH /payments", 405),
                arguments("DELETE /payments/x", 405), arguments("POST /payments/x", 405),
                arguments("PUT /payments/x", 405),
                arguments("POST /experiments", 405), arguments("DELETE /experiments/courier-performance", 405),
                arguments("GET /experiments/courier-performance/stage", 405),
                arguments("GET /experiments/unknown/mismatches", 404),
                arguments("GET /experiments/unknown/evidence", 404),
                arguments("GET /experiments/courier-performance/mismatches/x", 404),
                arguments("POST /experiments/courier-performance/mismatches", 405),
                arguments("DELETE /experiments/courier-performance/evidence", 405),
                arguments("GET /experiments/courier-performance/mismatches?cause=", 400),
                arguments("GET /experiments/courier-performance/mismatches?cause=STALE", 400),
                arguments("GET /experiments/courier-performance/mismatches?cause=stale,diverged", 400),
                arguments("GET /experiments/courier-performance/mismatches?cause=stale&cause=diverged", 400),
                arguments("GET /experiments/courier-performance/mismatches?cause=%00", 400),
                arguments("GET /experiments/courier-performance/mismatches?since=", 400),
                arguments("GET /experiments/courier-performance/mismatches?since=yesterday", 400),
                arguments("GET /experiments/courier-performance/mismatches?since=1767323045", 400),
                arguments("GET /experiments/courier-performance/mismatches?since=2026-01-02", 400),
                arguments("GET /experiments/courier-performance/mismatches?since=2026-13-02T03:04:05Z", 400),
                arguments("GET /experiments/courier-performance/mismatches?since=2026-01-02T03:04:05", 400),
                arguments("GET /experiments/courier-performance/mismatches?since=%2B9999999999-01-02T03:04:05Z", 400),
                arguments("GET /experiments/courier-performance/mismatches?since=2026-01-02T03:04:05Z&since=x", 400),
                arguments("GET /experiments/courier-performance/mismatches?Cause=stale", 400),
                arguments("GET /experiments/courier-performance/mismatches?limit=1", 400),
                arguments("GET /experiments/courier-performance/evidence?cause=stale", 400),
                arguments("GET /experiments/courier-performance?verdict=1", 400),
                arguments("POST /experiments/courier-performance/stage", 405),
                arguments("PUT /experiments/unknown/stage", 404), arguments("PUT /experiments/unknown/sampling", 404),
                arguments("PUT /experiments/courier-performance/sampling?share=1", 400),
                arguments("PUT /experiments/courier-performance/stage", 400),
                arguments("PUT /experiments/courier-performance/stage?override=x", 400));
    }

    @ParameterizedTest
    @MethodSource("paths")
    void refusesABadPathOrMethod(String request, int status) throws IOException {
        boolean hasBody = request.startsWith("P");
        Raw answer = exchange(request, "Content-Type: application/json", hasBody ? "{}".getBytes(UTF_8) : new byte[0]);

        assertRefused(answer, null, status);
        if (status == 405) {
            assertThat(answer.head).containsIgnoringCase("\r\nAllow: ");
        }
    }

    @Test
    void refusesStrangeMethodsAndVersions() throws IOException {
        for (String method : List.of("PROPFIND", "TRACE", "CONNECT", "FOO", "get")) {
            Raw answer = exchange(method + " /payments", "X-None: 1", new byte[0]);
            assertThat(answer.status).as(method).isBetween(400, 505);
            assertProblem(answer, null);
        }
        assertThat(
                send("GET /payments HTTP/3.0\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(UTF_8)).status)
                .isEqualTo(505);
    }

    @Test
    void refusesBrokenFraming() throws IOException {
        for (String head : List.of(
                "POST /payments HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
                "POST /payments HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nContent-Length: 3\r\nConnection: close\r\n\r\n{}",
                "POST /payments HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\nConnection: close\r\n\r\n{}",
                "POST /payments HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\nConnection: close\r\n\r\n{}",
                "POST /payments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
                "GET /payments HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n",
                "GET /payments?courierId=1 HTTP/1.1\r\nHost: localhost\r\nBad Header: 1\r\nConnection: close\r\n\r\n",
                "GET /payments HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n")) {
            Raw answer = send(head.getBytes(UTF_8));
            assertThat(answer.status).as(head).isEqualTo(400);
            assertProblem(answer, null);
        }
        assertPaysOn();
    }

    @Test
    void refusesABodyOver64KiB() throws IOException {
        byte[] big = (amount("1") + " ".repeat(64 * 1024)).getBytes(UTF_8);

        assertRefused(post(big), "payload-too-large", 413);
        assertRefused(exchange("POST /payments", "Content-Type: application/json\r\nTransfer-Encoding: chunked",
                concat((Integer.toHexString(big.length) + "\r\n").getBytes(UTF_8), big,
                        "\r\n0\r\n\r\n".getBytes(UTF_8)),
                false),
                "payload-too-large", 413);
    }

    @Test
    void echoesAtMostAHundredCharactersOfInput() throws IOException {
        Raw answer = post(body("\"bad\"", "1", "1", ",\"" + "n".repeat(64) + "\":1").getBytes(UTF_8));
        assertThat(answer.body).doesNotContain("n".repeat(101));

        Raw path = exchange("GET /" + "p".repeat(2_000), "X-None: 1", new byte[0]);
        assertThat(path.body).doesNotContain("p".repeat(101));
    }

    @Test
    void namesAllWrongFieldsAtOnce() throws IOException {
        Raw answer = post("{\"deliveryId\":\" \",\"courierId\":0,\"amount\":-1,\"currency\":\"eur\"}".getBytes(UTF_8));

        assertThat(answer.body).contains("\"field\":\"deliveryId\"", "\"field\":\"courierId\"", "\"field\":\"amount\"",
                "\"field\":\"currency\"");
    }

    private static void assertRefused(Raw answer, @Nullable String problem, int status) {
        assertThat(answer.status).as(answer.body).isEqualTo(status);
        assertProblem(answer, problem);
        assertThat(answer.took).isLessThan(LIMIT);
        assertPaysOn();
    }

    private static void assertProblem(Raw answer, @Nullable String problem) {
        assertThat(answer.head).containsIgnoringCase("Content-Type: application/problem+json")
                .containsIgnoringCase("X-Request-Id: ");
        assertThat(answer.body).startsWith("{\"type\":\"/problems/" + (problem == null ? "" : problem + "\""))
                .contains("\"title\":", "\"status\":" + answer.status, "\"detail\":", "\"requestId\":")
                .doesNotContain("Exception", "jackson", "springframework", "io.datadrivenchanges", "SELECT", "\tat ");
    }

    /// The next valid request works, and it is the only one that left a row.
    private static void assertPaysOn() {
        long before = rows();
        HttpResponse<String> next = payments.pay(RunningPayments.newDelivery(), COURIER, "1");
        assertThat(next.statusCode()).isEqualTo(201);
        assertThat(rows()).isEqualTo(before + 1);
        assertThat(payments.get("/payments/bad").statusCode()).isEqualTo(404);
    }

    private static long rows() {
        return payments.bean(JdbcClient.class)
                .sql("SELECT count(*) FROM payments WHERE courier_id IN (1, " + COURIER + ")").query(Long.class)
                .single();
    }

    private static Raw post(byte[] body) throws IOException {
        return exchange("POST /payments", "Content-Type: application/json", body);
    }

    private static Raw exchange(String request, String headers, byte[] body) throws IOException {
        return exchange(request, headers, body, true);
    }

    private static Raw exchange(String request, String headers, byte[] body, boolean counted) throws IOException {
        boolean announced = counted && (body.length > 0 || request.startsWith("P"));
        String length = announced
                ? "Content-Length: " + body.length + "\r\n"
                : "";
        String head = request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + length + headers + "\r\n\r\n";
        return send(concat(head.getBytes(UTF_8), body));
    }

    private static Raw send(byte[] bytes) throws IOException {
        long start = System.nanoTime();
        var answer = new ByteArrayOutputStream();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), payments.port())) {
            socket.setSoTimeout(SOCKET_TIMEOUT);
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            byte[] chunk = new byte[8_192];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                answer.write(chunk, 0, read);
            }
        }
        return Raw.of(answer.toString(UTF_8), Duration.ofNanos(System.nanoTime() - start));
    }

    /// An answer as it came over the wire.
    private record Raw(int status, String head, String body, Duration took) {
        static Raw of(String text, Duration took) {
            int end = text.indexOf("\r\n\r\n");
            assertThat(end).as("an answer: %s", text).isPositive();
            String body = text.substring(end + 4);
            int json = body.indexOf('{');
            return new Raw(Integer.parseInt(text.substring(9, 12)), text.substring(0, end),
                    json < 0 ? body : body.substring(json), took);
        }
    }

    private static byte[] replace(String text, int... bytes) {
        byte[] replacement = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            replacement[i] = (byte) bytes[i];
        }
        int at = text.indexOf('@');
        return concat(text.substring(0, at).getBytes(UTF_8), replacement, text.substring(at + 1).getBytes(UTF_8));
    }

    private static byte[] concat(byte[]... parts) {
        var whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }
}
