package io.datadrivenchanges.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Does one to three things to a valid request that a careless, broken or hostile client might do. What comes out may still be
/// valid. The same random numbers give the same requests.
final class Mutations {
    private static final int MOST = 3;
    /// A name and its value in a flat JSON object.
    private static final Pattern FIELD = Pattern.compile("(\"[A-Za-z]+\"):(\"[^\"]*\"|[^,}\"]+)");

    private static final List<String> VALUES = List.of("null", "true", "-1", "-0", "0", "00", "1.", ".1", "1e2",
            "1e999999999",
            "NaN", "0x1", "100.001", "999999999999.99", "9007199254740992", "1".repeat(400), "\"\"", "\"1\"", "\" \"",
            "[]",
            "[1]", "{}", "{\"a\":{\"a\":1}}", "[".repeat(500), "'x'", "\"\\u0000\"", "\"\\ud800\"", "\"\\u0430\"",
            "\"\u202e\"", "\"' OR '1'='1\"", "\"${jndi:ldap://x}\"", "\"../../etc/passwd\"", "\"<script>\"",
            "\"" + "v".repeat(300) + "\"", "\"" + "v".repeat(5_000) + "\"", "\"eur\"", "\"XXX\"", "\"JPY\"", "\"high\"",
            "\"NORMAL\"", "");
    private static final List<String> HEADERS = List.of("Content-Type: text/plain",
            "Content-Type: application/json;charset=utf-16", "Content-Type: application/json", "Content-Type: ;",
            "Content-Encoding: gzip", "Content-Length: 0", "Content-Length: 1", "Content-Length: 99",
            "Content-Length: -1",
            "Content-Length: x", "Transfer-Encoding: chunked", "Transfer-Encoding: identity", "Transfer-Encoding: x",
            "Expect: 100-continue", "Expect: something", "Accept: text/html", "Accept: garbage", "Accept: */*;q=0",
            "Accept: " + "a/b,".repeat(60), "Accept-Charset: x", "Accept-Encoding: x;q=", "Origin: null",
            "Origin: http://evil.example", "Host: evil.example", "Host: localhost", "Host:", "Connection: keep-alive",
            "Upgrade: h2c", "Idempotency-Key: short", "Idempotency-Key: mutated-key",
            "Idempotency-Key: " + "k".repeat(200),
            "X-Request-Id: " + "r".repeat(200), "X-Request-Id: a b", "Authorization: Bearer x",
            "Authorization: Basic =",
            "Cookie: a=b; c", "Range: bytes=0-1", "If-None-Match: *", "If-Match: \"x\"",
            "X-HTTP-Method-Override: DELETE",
            "X-Forwarded-For: ' OR 1", "Forwarded: for=\"_x", "Bad Name: 1", ": no name", "no colon", " folded: 1",
            "X: \u0000", "X: \u00e9", "X: " + "h".repeat(9_000), "Content-Type: multipart/form-data; boundary=x",
            "Content-Type: application/x-www-form-urlencoded");
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS",
            "TRACE",
            "CONNECT", "PROPFIND", "get", "G@T", "", "POST POST", "M".repeat(300));
    private static final List<String> VERSIONS = List.of("HTTP/1.0", "HTTP/2.0", "HTTP/9.9", "HTTP/1.1.1", "http/1.1",
            "HTTP",
            "");
    private static final List<String> IN_TARGET = List.of("/", "//", "/..", "/%2e%2e", "%2f", "%5c", "\\", ";a=b",
            "%00", "%zz",
            "%", "%c0%af", "%d0%b0", "?", "?a=b", "?page=-1", "?courierId=1", "&courierId=2", "&size=201", "&", "=",
            "#x", " ",
            "\u00e9", "'", "<", "{}", "+", "0", "-", ".json", "p".repeat(150), "p".repeat(3_000));

    private final RandomGenerator random;
    private final List<UnaryOperator<RawRequest>> all = List.of(this::method, this::version, this::target, this::target,
            this::addHeader, this::addHeader, this::loseHeader, this::repeatHeader, this::value, this::value,
            this::value,
            this::repeatField, this::loseField, this::renameField, this::bytes, this::bytes, this::cut, this::blowUp);

    Mutations(RandomGenerator random) {
        this.random = random;
    }

    RawRequest of(RawRequest valid) {
        RawRequest mutated = valid;
        for (int left = random.nextInt(1, MOST + 1); left > 0; left--) {
            mutated = pick(all).apply(mutated);
        }
        return mutated;
    }

    private RawRequest method(RawRequest request) {
        return request.withMethod(pick(METHODS));
    }

    private RawRequest version(RawRequest request) {
        return request.withVersion(pick(VERSIONS));
    }

    private RawRequest target(RawRequest request) {
        String target = request.target();
        int at = random.nextInt(target.length() + 1);
        String rest = random.nextInt(3) == 0 && at < target.length() ? target.substring(at + 1) : target.substring(at);
        return request.withTarget(target.substring(0, at) + pick(IN_TARGET) + rest);
    }

    private RawRequest addHeader(RawRequest request) {
        return request.withHeader(pick(HEADERS));
    }

    private RawRequest loseHeader(RawRequest request) {
        var left = new ArrayList<>(request.headers());
        if (!left.isEmpty()) {
            left.remove(random.nextInt(left.size()));
        }
        return request.withHeaders(left);
    }

    private RawRequest repeatHeader(RawRequest request) {
        return request.headers().isEmpty() ? request : request.withHeader(pick(request.headers()));
    }

    private RawRequest value(RawRequest request) {
        return field(request, field -> field.group(1) + ":" + pick(VALUES));
    }

    private RawRequest repeatField(RawRequest request) {
        return field(request, field -> field.group() + "," + field.group());
    }

    private RawRequest loseField(RawRequest request) {
        return field(request, _ -> "");
    }

    private RawRequest renameField(RawRequest request) {
        String name = pick(List.of("x", "", "DeliveryId", "performance ", "__proto__", "n".repeat(65), "\\u0061mount"));
        return field(request, field -> "\"" + name + "\":" + field.group(2));
    }

    private RawRequest field(RawRequest request, Function<MatchResult, String> rewriting) {
        List<MatchResult> fields = FIELD.matcher(request.body()).results().toList();
        if (fields.isEmpty()) {
            return request;
        }
        MatchResult field = pick(fields);
        return replace(request, field.start(), field.end(), RawRequest.utf8(rewriting.apply(field)));
    }

    /// Replaces some bytes by others, fewer or more.
    private RawRequest bytes(RawRequest request) {
        int length = request.body().length();
        int from = random.nextInt(length + 1);
        var others = new StringBuilder();
        for (int left = random.nextInt(4); left > 0; left--) {
            others.append((char) random.nextInt(256));
        }
        return replace(request, from, Math.min(length, from + random.nextInt(4)), others.toString());
    }

    private RawRequest cut(RawRequest request) {
        return request.withBody(request.body().substring(0, random.nextInt(request.body().length() + 1)));
    }

    private RawRequest blowUp(RawRequest request) {
        String filling = pick(List.of(" ", "[", "{\"a\":", "\n", "0")).repeat(random.nextInt(1, 20_000));
        return request.withBody(random.nextBoolean() ? filling + request.body() : request.body() + filling);
    }

    private static RawRequest replace(RawRequest request, int from, int to, String by) {
        return request.withBody(request.body().substring(0, from) + by + request.body().substring(to));
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
