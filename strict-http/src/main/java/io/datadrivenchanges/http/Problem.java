package io.datadrivenchanges.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/// One error answer of a service, an `application/problem+json` body with its headers. Immutable: each `with…` gives a
/// changed copy. Raise it with `throw problem.raised()`.
///
/// The edge adds `instance`, `requestId` and, for each 503 without one, a random `Retry-After` of 1 to 3 seconds.
///
/// @param type    what kind of error this is
/// @param detail  what is wrong this time; must not hold SQL, class names, paths or over 100 characters of input (see [LogSafe])
/// @param errors  the fields that are wrong, all of them at once; written as `errors` unless empty
/// @param members further members of the body in their order, such as `differs`
/// @param headers headers of the answer
public record Problem(ProblemType type, String detail, List<FieldError> errors, SequencedMap<String, Object> members,
        SequencedMap<String, String> headers) {
    private static final String ATTRIBUTE = Problem.class.getName();

    /// What is wrong with one field of the body or one parameter.
    ///
    /// @param field   name of the field, with dots and indices where nested
    /// @param message what the field must be, such as `must be one of NORMAL, HIGH, OUTSTANDING`
    public record FieldError(String field, String message) {}

    /// Copies the collections.
    public Problem {
        errors = List.copyOf(errors);
        members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
        headers = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(headers));
    }

    /// A problem with neither field errors nor further members or headers.
    public static Problem of(ProblemType type, String detail) {
        return new Problem(type, detail, List.of(), new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /// A 400 `invalid-field` about one field or parameter.
    public static Problem invalid(String field, String message) {
        return of(ProblemType.INVALID_FIELD, field + " " + message).withError(field, message);
    }

    /// A copy that names one more wrong field.
    public Problem withError(String field, String message) {
        var more = new ArrayList<>(errors);
        more.add(new FieldError(field, message));
        return new Problem(type, detail, more, members, headers);
    }

    /// A copy with a further member of the body; `value` is whatever Jackson can write.
    public Problem with(String member, Object value) {
        var more = new LinkedHashMap<>(members);
        more.put(member, value);
        return new Problem(type, detail, errors, more, headers);
    }

    /// A copy with a header, such as `Retry-After` in seconds.
    public Problem withHeader(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(type, detail, errors, members, more);
    }

    /// This problem as an exception to throw.
    public ProblemException raised() {
        return new ProblemException(this);
    }

    /// The problem that this request was answered with so far, for those who count or trace answers.
    public static Optional<Problem> answered(HttpServletRequest request) {
        return Optional.ofNullable((Problem) request.getAttribute(ATTRIBUTE));
    }

    /// Answers with this problem. [ProblemValve] writes it when the request comes back to it, so that there is one writer.
    void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        request.setAttribute(ATTRIBUTE, this);
        headers.forEach(response::setHeader);
        response.sendError(type.status());
    }

    Map<String, Object> body(@Nullable String instance, String requestId) {
        var body = new LinkedHashMap<String, Object>();
        body.put("type", "/problems/" + type.name());
        body.put("title", type.title());
        body.put("status", type.status());
        body.put("detail", detail);
        if (instance != null) {
            body.put("instance", instance);
        }
        body.put("requestId", requestId);
        if (!errors.isEmpty()) {
            body.put("errors", errors);
        }
        body.putAll(members);
        return body;
    }
}
