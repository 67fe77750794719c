package io.datadrivenchanges.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;

import jakarta.servlet.FilterChain;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.util.unit.DataSize;
import org.springframework.web.filter.OncePerRequestFilter;

/// Reads each body completely, within limits of size and time, before anything acts on the request, and hands it on from
/// memory. What the services cannot read in exactly one way is refused here.
final class BodyFilter extends OncePerRequestFilter {
    private static final Set<String> PROTOCOLS = Set.of("HTTP/1.0", "HTTP/1.1");

    private final int maxBytes;
    private final long maxNanos;

    BodyFilter(DataSize maxSize, Duration maxTime) {
        this.maxBytes = Math.toIntExact(maxSize.toBytes());
        this.maxNanos = maxTime.toNanos();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Problem> refusal = refusal(request);
        if (refusal.isPresent()) {
            refusal.get().send(request, response);
            return;
        }
        byte[] body;
        try {
            body = read(request);
            checkEncoding(body);
            checkType(request, body);
        } catch (ProblemException refused) {
            refused.problem().send(request, response);
            return;
        } catch (IOException _) {
            // Tomcat has set 400 or 408 by itself; the exception it left behind would make a 500 of that.
            request.removeAttribute(RequestDispatcher.ERROR_EXCEPTION);
            return;
        }
        chain.doFilter(new ReadRequest(request, body), response);
    }

    private Optional<Problem> refusal(HttpServletRequest request) {
        if (!PROTOCOLS.contains(request.getProtocol())) {
            return Optional.of(Problem.of(ProblemType.of(505), "Only HTTP/1.0 and HTTP/1.1 are served."));
        }
        if (!isReadableAccept(request)) {
            return Optional
                    .of(Problem.of(ProblemType.NOT_ACCEPTABLE, "The Accept header is not a list of media types."));
        }
        if (request.getHeader(HttpHeaders.CONTENT_ENCODING) != null) {
            return Optional.of(Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding is not supported."));
        }
        return Optional.empty();
    }

    private static boolean isReadableAccept(HttpServletRequest request) {
        try {
            MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
            return true;
        } catch (InvalidMediaTypeException _) {
            return false;
        }
    }

    private byte[] read(HttpServletRequest request) throws IOException {
        long announced = request.getContentLengthLong();
        if (announced > maxBytes) {
            drain(request.getInputStream());
            throw tooLarge();
        }
        if (announced <= 0 && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null) {
            return new byte[0];
        }
        long start = System.nanoTime();
        var body = new ByteArrayOutputStream(Math.max(256, (int) announced));
        var chunk = new byte[8192];
        InputStream in = request.getInputStream();
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
            body.write(chunk, 0, count);
            if (body.size() > maxBytes) {
                drain(in);
                throw tooLarge();
            }
            if (System.nanoTime() - start > maxNanos) {
                throw Problem.of(ProblemType.REQUEST_TIMEOUT, "The body did not arrive in time.")
                        .withHeader(HttpHeaders.CONNECTION, "close").raised();
            }
        }
        return body.toByteArray();
    }

    /// Takes in a little more than allowed: closing the connection on unread bytes can destroy the answer on its way.
    private void drain(InputStream in) throws IOException {
        long start = System.nanoTime();
        var chunk = new byte[8192];
        for (int total = 0; total < 8 * maxBytes && System.nanoTime() - start < maxNanos;) {
            int count = in.read(chunk);
            if (count < 0) {
                return;
            }
            total += count;
        }
    }

    private ProblemException tooLarge() {
        return Problem.of(ProblemType.PAYLOAD_TOO_LARGE, "At most " + maxBytes + " bytes are accepted.").raised();
    }

    private static void checkEncoding(byte[] body) {
        if (body.length >= 3 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF) {
            throw badEncoding("The body starts with a byte order mark.");
        }
        for (byte unit : body) {
            if (unit == 0) {
                throw badEncoding("The body holds a NUL byte.");
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)); // a new decoder reports
        } catch (CharacterCodingException _) {
            throw badEncoding("The body is not valid UTF-8.");
        }
    }

    private static ProblemException badEncoding(String detail) {
        return Problem.of(ProblemType.BAD_ENCODING, detail).raised();
    }

    private static void checkType(HttpServletRequest request, byte[] body) {
        String type = request.getContentType();
        if (type == null ? body.length > 0 : !isJson(type)) {
            throw Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "The Content-Type must be application/json.").raised();
        }
    }

    private static boolean isJson(String type) {
        try {
            MediaType media = MediaType.parseMediaType(type);
            Charset charset = media.getCharset();
            return media.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)
                    && (charset == null || charset.equals(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException _) { // no media type, or a charset that does not exist
            return false;
        }
    }
}
