package io.datadrivenchanges.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import tools.jackson.databind.json.JsonMapper;

/// The outermost layer of each port: gives every request its id and writes every error, ours and Tomcat's own, as
/// `application/problem+json`.
///
/// It sits outside the web application because Tomcat refuses broken requests before any filter sees them. Public only
/// because Tomcat creates it by class name.
public final class ProblemValve extends ErrorReportValve {
    private static final String REQUEST_ID = "X-Request-Id";
    private static final Pattern USABLE_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int MAX_ECHO = 100;
    private static final JsonMapper JSON = JsonMapper.shared();

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        String id = requestId(request);
        response.setHeader(REQUEST_ID, id);
        try (var _ = MDC.putCloseable("requestId", id)) {
            super.invoke(request, response);
        }
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable throwable) {
        if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        Problem problem = Problem.answered(request).filter(answered -> answered.type().status() == response.getStatus())
                .orElseGet(() -> problem(response.getStatus()));
        if (problem.type().status() == 408) {
            // Whoever sends one byte a second would otherwise be listened to until the announced length is reached.
            request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
        }
        String id = requestId(request);
        byte[] body = JSON.writeValueAsBytes(problem.body(instance(request), id));
        response.setHeader(REQUEST_ID, id);
        if (problem.type().status() == 503 && response.getHeader("Retry-After") == null) {
            response.setHeader("Retry-After", String.valueOf(ThreadLocalRandom.current().nextInt(1, 4)));
        }
        response.setContentType("application/problem+json");
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        response.setContentLength(body.length);
        try {
            response.getOutputStream().write(body);
            response.finishResponse();
        } catch (IOException gone) {
            getContainer().getLogger().debug("The caller left before the error answer", gone);
        }
    }

    private static Problem problem(int status) {
        ProblemType type = ProblemType.of(status);
        return Problem.of(type, type.title() + ".");
    }

    private static String requestId(Request request) {
        if (request.getNote(REQUEST_ID) instanceof String known) {
            return known;
        }
        String given = request.getHeader(REQUEST_ID);
        String id = given != null && USABLE_ID.matcher(given).matches() ? given : UUID.randomUUID().toString();
        request.setNote(REQUEST_ID, id);
        return id;
    }

    private static @Nullable String instance(Request request) {
        String path = request.getRequestURI();
        return path == null || path.length() > MAX_ECHO ? null : path;
    }
}
