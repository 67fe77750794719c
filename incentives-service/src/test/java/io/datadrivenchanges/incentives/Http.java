package io.datadrivenchanges.incentives;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An HTTP client that sends exactly the given bytes, so that broken requests can be sent, too. One connection per request.
record Http(int port) {
    private static final int READ_LIMIT_MILLIS = 20_000;

    /// What came back.
    ///
    /// @param status  0 if nothing came back
    /// @param headers names in lower case
    record Answer(int status, Map<String, String> headers, String body) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        @Nullable
        String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }
    }

    Answer get(String path) throws IOException {
        return send(head("GET", path) + "\r\n");
    }

    Answer put(long courier, String level) throws IOException {
        return write("PUT", "/incentives/performance/" + courier, "{\"performance\":\"%s\"}".formatted(level));
    }

    Answer write(String method, String path, String body, String... headers) throws IOException {
        return write(method, path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    /// With `Content-Type: application/json` unless a content type is given.
    Answer write(String method, String path, byte[] body, String... headers) throws IOException {
        boolean typed = List.of(headers).stream().anyMatch(header -> header.startsWith("Content-Type:"));
        String more = List.of(headers).stream().map(header -> header + "\r\n").collect(Collectors.joining());
        var request = new ByteArrayOutputStream();
        request.writeBytes((head(method, path) + (typed ? "" : "Content-Type: application/json\r\n") + more
                + "Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        return send(request.toByteArray());
    }

    static String head(String method, String path) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    }

    Answer send(String request) throws IOException {
        return send(request.getBytes(StandardCharsets.ISO_8859_1));
    }

    Answer send(byte[] request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(READ_LIMIT_MILLIS);
            socket.getOutputStream().write(request);
            return answer(socket.getInputStream().readAllBytes());
        }
    }

    static Answer answer(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return new Answer(0, Map.of(), text);
        }
        List<String> head = text.substring(0, end).lines().toList();
        Map<String, String> headers = head.stream().skip(1).collect(Collectors.toMap(
                line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT),
                line -> line.substring(line.indexOf(':') + 1).strip(), (first, second) -> first + ", " + second));
        return new Answer(Integer.parseInt(head.getFirst().substring(9, 12)), headers,
                unchunked(headers, text.substring(end + 4)));
    }

    private static String unchunked(Map<String, String> headers, String body) {
        if (!"chunked".equals(headers.get("transfer-encoding"))) {
            return body;
        }
        var whole = new StringBuilder();
        for (int at = 0; at < body.length();) {
            int line = body.indexOf("\r\n", at);
            int length = Integer.parseInt(body.substring(at, line), 16);
            if (length == 0) {
                break;
            }
            whole.append(body, line + 2, line + 2 + length);
            at = line + 2 + length + 2;
        }
        return whole.toString();
    }
}
