package io.datadrivenchanges.http;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/// Turns every exception that leaves a controller, and every request that finds none, into a [Problem].
///
/// Only what it knows is described; a message of an exception never reaches the caller. Anything unknown is a bug: 500,
/// and the one case that is logged with its stack trace.
@ControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
final class ProblemAdvice {
    private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

    @ExceptionHandler
    void answer(Exception exception, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Problem problem = problem(exception);
        if (problem.type().equals(ProblemType.INTERNAL_ERROR)) {
            log.error("{} failed", request.getMethod(), exception);
        } else if (problem.type().status() >= 500) {
            log.warn("Answered {} because of {}", problem.type().name(), rootCause(exception));
        }
        problem.send(request, response);
    }

    private static Problem problem(Exception exception) {
        return switch (exception) {
            case ProblemException raised -> raised.problem();
            case HttpMessageNotReadableException unreadable -> JsonProblems.of(unreadable.getCause());
            case MethodArgumentNotValidException invalid -> invalid(invalid);
            case MethodArgumentTypeMismatchException mismatch ->
                Problem.invalid(mismatch.getName(), "has a value that is not allowed");
            case MissingServletRequestParameterException missing ->
                Problem.invalid(missing.getParameterName(), "is missing");
            case RequestRejectedException _ ->
                Problem.of(ProblemType.BAD_REQUEST, "A header or parameter holds characters that are not allowed.");
            case AccessDeniedException denied -> throw denied;
            case ErrorResponse known -> known(known);
            default -> storage(exception).orElseGet(() -> unexpected(exception));
        };
    }

    private static Problem invalid(MethodArgumentNotValidException exception) {
        Problem problem = Problem.of(ProblemType.INVALID_FIELD, "See errors.");
        for (var error : exception.getBindingResult().getFieldErrors()) {
            problem = problem.withError(error.getField(),
                    Optional.ofNullable(error.getDefaultMessage()).orElse("is not allowed"));
        }
        return problem;
    }

    /// Spring's own refusals carry status and headers, such as `Allow`; their texts may repeat the input.
    private static Problem known(ErrorResponse refusal) {
        ProblemType type = ProblemType.of(refusal.getStatusCode().value());
        Problem problem = Problem.of(type, type.title() + ".");
        for (var header : refusal.getHeaders().headerSet()) {
            problem = problem.withHeader(header.getKey(), String.join(", ", header.getValue()));
        }
        return problem;
    }

    private static Optional<Problem> storage(Exception exception) {
        for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return storage(sql);
            }
        }
        return Optional.empty();
    }

    private static Optional<Problem> storage(SQLException exception) {
        String state = Optional.ofNullable(exception.getSQLState()).orElse("");
        if (state.equals("53100")) {
            return Optional.of(Problem.of(ProblemType.STORAGE_FULL, "Nothing was written."));
        }
        boolean away = exception instanceof SQLTransientConnectionException || state.startsWith("08")
                || state.startsWith("57P") || state.equals("57014") || state.equals("53300") || state.equals("55P03");
        return away
                ? Optional.of(Problem.of(ProblemType.STORAGE_UNAVAILABLE,
                        "The outcome is unknown: send the same request again."))
                : Optional.empty();
    }

    private static Problem unexpected(Exception exception) {
        // Tomcat's own refusal of an undecodable query; its public super type says no more than IllegalStateException.
        boolean badQuery = exception.getClass().getName()
                .equals("org.apache.tomcat.util.http.InvalidParameterException");
        return badQuery
                ? Problem.of(ProblemType.BAD_REQUEST, "The query cannot be decoded.")
                : Problem.of(ProblemType.INTERNAL_ERROR, "The error has been logged under the request id.");
    }

    private static @Nullable String rootCause(Throwable exception) {
        Throwable root = exception;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String state = root instanceof SQLException sql ? " " + sql.getSQLState() : "";
        return root.getClass().getSimpleName() + state;
    }
}
