package io.datadrivenchanges.e2e;

import java.util.ArrayList;
import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/// An HTTP request that is sent byte by byte as it stands here, right or wrong: each character is one byte. A body's length is
/// added unless a header of that name is there.
///
/// @param headers whole lines
record RawRequest(String method, String target, String version, List<String> headers, String body) {
    private static final List<String> USUAL = List.of("Host: localhost", "Connection: close");

    static RawRequest get(String target) {
        return new RawRequest("GET", target, "HTTP/1.1", USUAL, "");
    }

    static RawRequest of(String method, String target, String json) {
        return new RawRequest(method, target, "HTTP/1.1", USUAL, utf8(json))
                .withHeader("Content-Type: application/json");
    }

    RawRequest withMethod(String other) {
        return new RawRequest(other, target, version, headers, body);
    }

    RawRequest withTarget(String other) {
        return new RawRequest(method, other, version, headers, body);
    }

    RawRequest withVersion(String other) {
        return new RawRequest(method, target, other, headers, body);
    }

    RawRequest withHeaders(List<String> others) {
        return new RawRequest(method, target, version, List.copyOf(others), body);
    }

    RawRequest withHeader(String line) {
        var more = new ArrayList<>(headers);
        more.add(line);
        return withHeaders(more);
    }

    RawRequest withBody(String other) {
        return new RawRequest(method, target, version, headers, other);
    }

    /// The text with each byte of its UTF-8 form as a character.
    static String utf8(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    byte[] bytes() {
        return toString().getBytes(ISO_8859_1);
    }

    /// What is sent.
    @Override
    public String toString() {
        var all = new StringBuilder(method + " " + target + " " + version + "\r\n");
        headers.forEach(line -> all.append(line).append("\r\n"));
        if (!body.isEmpty() && headers.stream().noneMatch(line -> line.startsWith("Content-Length:"))) {
            all.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return all.append("\r\n").append(body).toString();
    }
}
