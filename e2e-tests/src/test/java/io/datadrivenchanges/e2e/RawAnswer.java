package io.datadrivenchanges.e2e;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static java.nio.charset.StandardCharsets.UTF_8;

/// What came back for a [RawRequest].
///
/// @param status 0 if nothing did
/// @param head   status line and headers
record RawAnswer(int status, String head, String body) {
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final JsonMapper JSON = new JsonMapper();

    /// Sends a request on a connection of its own, says that nothing more follows, and reads until the other side closes.
    ///
    /// @throws IOException if nobody listens, or if the other side does not close in time
    static RawAnswer to(RawRequest request, URI service) throws IOException {
        try (var socket = new Socket(service.getHost(), service.getPort())) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            try {
                socket.getOutputStream().write(request.bytes());
                socket.shutdownOutput();
            } catch (SocketException _) {
                // The other side has heard enough, and may have answered.
            }
            return of(new String(socket.getInputStream().readAllBytes(), UTF_8));
        }
    }

    /// The first answer in `text`: what lies behind the length that a request states is another request, with an answer of its own.
    static RawAnswer of(String text) {
        if (text.startsWith("HTTP/1.1 1")) { // an interim answer, such as 100 Continue
            return of(text.substring(text.indexOf("\r\n\r\n") + 4));
        }
        int end = text.indexOf("\r\n\r\n");
        if (!text.startsWith("HTTP/1.1 ") || end < 0) {
            return new RawAnswer(0, "", text);
        }
        int next = text.indexOf("HTTP/1.1 ", end);
        return new RawAnswer(Integer.parseInt(text.substring(9, 12)), text.substring(0, end),
                text.substring(end + 4, next < 0 ? text.length() : next));
    }

    boolean hasHeader(String line) {
        return head.toLowerCase(Locale.ROOT).contains("\r\n" + line.toLowerCase(Locale.ROOT));
    }

    /// The body, or its only chunk.
    JsonNode json() {
        return JSON.readTree(body.substring(Math.max(0, body.indexOf('{')), body.lastIndexOf('}') + 1));
    }
}
