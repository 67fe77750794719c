package io.datadrivenchanges.incentives;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// Every bad request is answered as listed, at once, in the one format, with no effect, and harms no later request.
@ExtendWith(OutputCaptureExtension.class)
class BadInputIT {
    private static final int MAX_ECHO = 100;
    private static final Duration AT_ONCE = Duration.ofSeconds(1);
    private static final Duration READ_LIMIT = Duration.ofSeconds(6);
    private static final String PATH = "/incentives/performance/7";
    private static final String VALID = "{\"performance\":\"HIGH\"}";

    private static RunningIncentives incentives;
    private static Http http;

    /// One row of the table.
    ///
    /// @param request one character per byte
    /// @param type    last part of the problem's type
    record Bad(String name, String request, int status, String type, Duration limit) {
        @Override
        public String toString() {
            return name + " → " + status;
        }
    }

    @BeforeAll
    static void start() throws IOException {
        incentives = RunningIncentives.start();
        http = incentives.http();
        assertThat(http.put(7, "NORMAL").status()).isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        incentives.close();
    }

    @ParameterizedTest
    @MethodSource({"shapes", "types", "encodings", "negotiation", "paths", "framing"})
    void refuses(Bad bad, CapturedOutput output) throws Exception {
        String before = table();
        int logged = output.getAll().length();
        long start = System.nanoTime();

        var answer = http.send(bad.request());

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(bad.limit());
        assertThat(answer.status()).as(answer.body()).isEqualTo(bad.status());
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json;charset=UTF-8");
        assertThat(answer.header("X-Request-Id")).matches("[A-Za-z0-9._-]{1,64}");
        assertThat(answer.json().get("type").asString()).isEqualTo("/problems/" + bad.type());
        assertThat(answer.json().get("status").asInt()).isEqualTo(bad.status());
        assertThat(answer.json().get("requestId").asString()).isEqualTo(answer.header("X-Request-Id"));
        assertThat(answer.body()).doesNotContain("Exception", "io.datadriven", "jackson", "SELECT", "springframework");
        assertThat(echo(answer.body(), new String(bad.request().getBytes(ISO_8859_1), UTF_8))).isEmpty();
        String log = output.getAll().substring(logged);
        assertThat(log.lines().count()).as(log).isLessThanOrEqualTo(2);
        assertThat(table()).isEqualTo(before);
        assertThat(http.get(PATH).status()).isEqualTo(200);
    }

    /// A part of the request, longer than allowed, that the answer repeats; empty if there is none.
    private static String echo(String body, String request) {
        for (int at = 0; at + MAX_ECHO < body.length(); at++) {
            String part = body.substring(at, at + MAX_ECHO + 1);
            if (request.contains(part)) {
                return part;
            }
        }
        return "";
    }

    private static String table() throws Exception {
        try (var owner = RunningIncentives.connect("incentives_migrator");
                var query = owner.createStatement().executeQuery(
                        "SELECT string_agg(stored::text, ';' ORDER BY courier_id) FROM courier_performance AS stored")) {
            query.next();
            return query.getString(1);
        }
    }

    static Stream<Bad> shapes() {
        return Stream.of(
                body("empty", "", "malformed-json"),
                body("blank", "  \n", "malformed-json"),
                body("null", "null", "malformed-json"),
                body("array", "[]", "malformed-json"),
                body("array of the object", "[" + VALID + "]", "malformed-json"),
                body("text", "\"HIGH\"", "malformed-json"),
                body("number", "1", "malformed-json"),
                body("boolean", "true", "malformed-json"),
                body("no JSON", "performance=HIGH", "malformed-json"),
                body("cut in the name", "{\"perf", "malformed-json"),
                body("cut before the end", "{\"performance\":\"HIGH\"", "malformed-json"),
                body("two objects", VALID + VALID, "malformed-json"),
                body("text behind", VALID + "x", "malformed-json"),
                body("comment", "/* */" + VALID, "malformed-json"),
                body("comma at the end", "{\"performance\":\"HIGH\",}", "malformed-json"),
                body("single quotes", "{'performance':'HIGH'}", "malformed-json"),
                body("no quotes", "{performance:\"HIGH\"}", "malformed-json"),
                body("NaN", "{\"performance\":NaN}", "malformed-json"),
                body("raw line break in a text", "{\"performance\":\"HI\nGH\"}", "malformed-json"),
                body("empty object", "{}", "invalid-field"),
                body("unknown field", "{\"performance\":\"HIGH\",\"bonus\":1}", "unknown-field"),
                body("unknown field with a hostile name", "{\"performance\":\"HIGH\",\"<script>\":1}", "unknown-field"),
                body("other case", "{\"Performance\":\"HIGH\"}", "unknown-field"),
                body("field twice", "{\"performance\":\"HIGH\",\"performance\":\"NORMAL\"}", "duplicate-field"),
                body("field twice, once escaped", "{\"performance\":\"HIGH\",\"\\u0070erformance\":\"HIGH\"}",
                        "duplicate-field"),
                body("nine arrays deep", "{\"performance\":" + "[".repeat(9) + "]".repeat(9) + "}", "invalid-field"),
                body("thousand objects deep", "{\"a\":".repeat(1000) + "1" + "}".repeat(1000), "malformed-json"),
                body("long name", "{\"" + "n".repeat(5000) + "\":1}", "malformed-json"),
                body("long value", "{\"performance\":\"" + "v".repeat(5000) + "\"}", "malformed-json"),
                body("64 KiB and a byte", " ".repeat(64 * 1024 + 1 - VALID.length()) + VALID, 413, "payload-too-large"),
                body("one MiB", "y".repeat(1024 * 1024), 413, "payload-too-large"));
    }

    static Stream<Bad> types() {
        var values = List.of("null", "1", "0", "-1", "1.0", "1e400", "true", "[\"HIGH\"]", "{\"a\":\"HIGH\"}", "\"\"",
                "\"high\"",
                "\"High\"", "\" HIGH\"", "\"HIGH \"", "\"HIGH\\u0000\"", "\"\\ud800\"", "\"НIGH\"", "\"ＨＩＧＨ\"", "\"0\"",
                "\"' OR '1'='1\"", "\"${jndi:ldap://x}\"", "\"\\r\\nX: 1\"", "\"../../etc/passwd\"",
                "\"<script>alert(1)</script>\"",
                "\"" + "z".repeat(4000) + "\"");
        var all = new ArrayList<Bad>();
        for (String value : values) {
            all.add(body("level " + shortened(value), "{\"performance\":" + value + "}", "invalid-field"));
        }
        return all.stream();
    }

    static Stream<Bad> encodings() {
        return Stream.of(
                bytes("byte order mark",
                        concat(new byte[]{(byte) 0xEF, (byte) 0xBB, (byte) 0xBF}, VALID.getBytes(UTF_8))),
                bytes("UTF-16", VALID.getBytes(StandardCharsets.UTF_16)),
                bytes("UTF-16LE without mark", VALID.getBytes(StandardCharsets.UTF_16LE)),
                bytes("UTF-32", VALID.getBytes(Charset.forName("UTF-32"))),
                bytes("overlong slash", level(0xC0, 0xAF)),
                bytes("half a sequence", level(0xE2, 0x82)),
                bytes("encoded surrogate", level(0xED, 0xA0, 0x80)),
                bytes("beyond Unicode", level(0xF4, 0x90, 0x80, 0x80)),
                bytes("Latin-1", level(0xE9)),
                bytes("NUL", level(0)));
    }

    static Stream<Bad> negotiation() {
        return Stream.of(
                header("text/plain", "Content-Type: text/plain", 415, "unsupported-media-type"),
                header("form", "Content-Type: application/x-www-form-urlencoded", 415, "unsupported-media-type"),
                header("multipart", "Content-Type: multipart/form-data; boundary=x", 415, "unsupported-media-type"),
                header("XML", "Content-Type: application/xml", 415, "unsupported-media-type"),
                header("UTF-16 charset", "Content-Type: application/json;charset=utf-16", 415,
                        "unsupported-media-type"),
                header("Latin-1 charset", "Content-Type: application/json;charset=iso-8859-1", 415,
                        "unsupported-media-type"),
                header("unknown charset", "Content-Type: application/json;charset=nonsense", 415,
                        "unsupported-media-type"),
                header("unreadable content type", "Content-Type: ;;;", 415, "unsupported-media-type"),
                header("empty content type", "Content-Type: ", 415, "unsupported-media-type"),
                header("gzip", "Content-Encoding: gzip", 415, "unsupported-media-type"),
                header("identity", "Content-Encoding: identity", 415, "unsupported-media-type"),
                header("wants HTML", "Accept: text/html", 406, "not-acceptable"),
                header("wants garbage", "Accept: garbage", 406, "not-acceptable"),
                header("foreign origin", "Origin: http://evil.example", 403, "forbidden"),
                header("no origin", "Origin: null", 403, "forbidden"),
                header("origin on another port", "Origin: http://localhost:1", 403, "forbidden"),
                header("unknown expectation", "Expect: miracles", 417, "bad-request"));
    }

    static Stream<Bad> paths() {
        var courier = Stream
                .of("0", "-1", "+1", "01", "1.0", "1e2", "9007199254740992", "99999999999999999999", "x", "%20", "1%20",
                        "%D9%A1", "0x10", "null", "1".repeat(300))
                .map(id -> get("courier " + shortened(id), "/incentives/performance/" + id, 400, "invalid-field"));
        var pages = Stream
                .of("limit=0", "limit=1001", "limit=-1", "limit=1.0", "limit=01", "limit=", "limit=ten",
                        "limit=1&limit=1",
                        "limit=" + "1".repeat(40), "after=-1", "after=9007199254740992", "after=x", "after=",
                        "after=1&after=2",
                        "after=%20", "offset=1")
                .map(query -> get("page " + shortened(query), "/incentives/performance?" + query, 400,
                        "invalid-field"));
        var others = Stream.of(
                request("DELETE of all", Http.head("DELETE", "/incentives/performance"), 405, "method-not-allowed"),
                request("DELETE", Http.head("DELETE", PATH), 405, "method-not-allowed"),
                request("PATCH", Http.head("PATCH", PATH) + "Content-Length: 0\r\n", 405, "method-not-allowed"),
                request("TRACE", Http.head("TRACE", PATH), 405, "method-not-allowed"),
                request("PROPFIND", Http.head("PROPFIND", PATH), 400, "bad-request"),
                request("lower case method", Http.head("get", PATH), 400, "bad-request"),
                request("no method", Http.head("G@T", PATH), 400, "bad-request"),
                get("two slashes", "//incentives/performance/7", 400, "bad-request"),
                get("encoded slash", "/incentives/performance/..%2f7", 400, "bad-request"),
                get("dots", "/incentives/performance/%2e%2e/7", 400, "bad-request"),
                get("backslash", "/incentives/performance\\7", 400, "bad-request"),
                get("encoded backslash", "/incentives/performance%5c7", 400, "bad-request"),
                get("matrix parameter", PATH + ";a=b", 400, "bad-request"),
                get("no percent sequence", "/incentives/performance/%zz", 400, "bad-request"),
                get("encoded NUL", "/incentives/performance/7%00", 400, "bad-request"),
                get("encoded line break", "/incentives/performance/7%0d%0aX:1", 400, "bad-request"),
                get("overlong dot", "/incentives/performance/%c0%ae", 400, "bad-request"),
                get("unknown parameter", PATH + "?verbose=1", 400, "invalid-field"),
                get("undecodable parameter", PATH + "?a=%zz", 400, "bad-request"),
                get("thirty parameters", PATH + "?" + "a=1&".repeat(30), 400, "bad-request"),
                get("slash at the end", PATH + "/", 404, "not-found"),
                get("error page", "/error", 404, "not-found"),
                get("root", "/", 404, "not-found"),
                get("unknown path", "/nothing/here", 404, "not-found"),
                get("hidden endpoint", "/actuator/env", 404, "not-found"),
                get("unknown path, long", "/" + "p".repeat(3000), 404, "not-found"),
                get("courier without a row", "/incentives/performance/4", 404, "courier-unknown"));
        return Stream.of(courier, pages, others).flatMap(each -> each);
    }

    static Stream<Bad> framing() {
        String chunked = put("Content-Type: application/json", "Transfer-Encoding: chunked");
        return Stream.of(
                request("no Host", "GET " + PATH + " HTTP/1.1\r\nConnection: close\r\n", 400, "bad-request"),
                request("two Hosts", Http.head("GET", PATH) + "Host: localhost\r\n", 400, "bad-request"),
                request("foreign Host", "GET " + PATH + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n", 400,
                        "bad-request"),
                request("two lengths", put("Content-Length: 3", "Content-Length: 4"), 400, "bad-request"),
                request("obsolete transfer encoding",
                        put("Content-Type: application/json", "Content-Length: 3", "Transfer-Encoding: identity"), 501,
                        "bad-request"),
                request("negative length", put("Content-Length: -1"), 400, "bad-request"),
                request("length in words", put("Content-Length: many"), 400, "bad-request"),
                request("unknown transfer encoding", put("Transfer-Encoding: smoke"), 501, "bad-request"),
                request("HTTP/2.0 line", "GET " + PATH + " HTTP/2.0\r\nHost: localhost\r\n", 505, "bad-request"),
                request("blank in a header name", Http.head("GET", PATH) + "Bad Name: 1\r\n", 400, "bad-request"),
                request("NUL in a header", Http.head("GET", PATH) + "Accept: \0\r\n", 400, "bad-request"),
                request("header of 20 KB", Http.head("GET", PATH) + "X: " + "h".repeat(20_000) + "\r\n", 400,
                        "bad-request"),
                request("bad chunk", chunked + "\r\nzz\r\n{}\r\n0\r\n", 400, "bad-request"),
                new Bad("half a body",
                        put("Content-Type: application/json", "Content-Length: 22") + "\r\n{\"perf",
                        408, "request-timeout", READ_LIMIT),
                new Bad("chunks without end", chunked + "\r\n5\r\n{\"per", 408, "request-timeout",
                        READ_LIMIT));
    }

    @Test
    void namesTheAllowedMethods() throws Exception {
        assertThat(http.send(Http.head("DELETE", PATH) + "\r\n").header("Allow")).contains("GET", "PUT", "POST");
    }

    @Test
    void namesTheWrongField() throws Exception {
        var answer = http.write("PUT", PATH, "{\"performance\":\"GREAT\"}");

        assertThat(answer.json().at("/errors/0/field").asString()).isEqualTo("performance");
        assertThat(answer.json().at("/errors/0/message").asString())
                .isEqualTo("must be one of [NORMAL, HIGH, OUTSTANDING]");
    }

    @Test
    void keepsAUsableRequestIdAndReplacesAnyOther() throws Exception {
        var kept = http.send(Http.head("GET", PATH) + "X-Request-Id: abc-1\r\n\r\n");
        var replaced = http.send(Http.head("GET", PATH) + "X-Request-Id: a b\r\n\r\n");

        assertThat(kept.header("X-Request-Id")).isEqualTo("abc-1");
        assertThat(replaced.header("X-Request-Id")).matches("[0-9a-f-]{36}");
    }

    @Test
    void acceptsItsOwnOrigin() throws Exception {
        var answer = http.write("PUT", "/incentives/performance/8", VALID, "Origin: http://localhost");

        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void servesNoHttp09() throws Exception {
        assertThat(http.send("GET " + PATH + "\r\n\r\n").body()).doesNotContain("\"courierId\"");
    }

    private static Bad body(String name, String body, String type) {
        return body(name, body, 400, type);
    }

    private static Bad body(String name, String body, int status, String type) {
        return new Bad("body: " + name, withBody(body.getBytes(UTF_8), "Content-Type: application/json"), status, type,
                AT_ONCE);
    }

    private static Bad bytes(String name, byte[] body) {
        return new Bad("bytes: " + name, withBody(body, "Content-Type: application/json"), 400, "bad-encoding",
                AT_ONCE);
    }

    private static Bad header(String name, String header, int status, String type) {
        var headers = header.startsWith("Content-Type:")
                ? new String[]{header}
                : new String[]{"Content-Type: application/json", header};
        return new Bad("header: " + name, withBody(VALID.getBytes(UTF_8), headers), status, type, AT_ONCE);
    }

    private static Bad get(String name, String path, int status, String type) {
        return request(name, Http.head("GET", path), status, type);
    }

    private static Bad request(String name, String head, int status, String type) {
        return new Bad("request: " + name, head + "\r\n", status, type, AT_ONCE);
    }

    private static String put(String... headers) {
        return Http.head("PUT", PATH) + String.join("\r\n", headers) + "\r\n";
    }

    private static String withBody(byte[] body, String... headers) {
        return put(headers) + "Content-Length: " + body.length + "\r\n\r\n" + new String(body, ISO_8859_1);
    }

    private static byte[] level(int... units) {
        var body = new ByteArrayOutputStream();
        body.writeBytes("{\"performance\":\"".getBytes(UTF_8));
        for (int unit : units) {
            body.write(unit);
        }
        body.writeBytes("\"}".getBytes(UTF_8));
        return body.toByteArray();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        var both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        return both.toByteArray();
    }

    private static String shortened(String text) {
        return text.length() < 30 ? text : text.substring(0, 30) + "…";
    }
}
