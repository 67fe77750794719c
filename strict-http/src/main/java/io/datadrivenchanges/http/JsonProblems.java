package io.datadrivenchanges.http;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/// Says what is wrong with a body, from the kind and the path of Jackson's exception: its message names Java types.
final class JsonProblems {
    private JsonProblems() {}

    static Problem of(@Nullable Throwable cause) {
        return switch (cause) {
            case UnrecognizedPropertyException unknown -> {
                String field = path(unknown);
                yield Problem.of(ProblemType.UNKNOWN_FIELD, "The body has a field that is not known here.")
                        .withError(field, "is not known here");
            }
            case StreamReadException duplicate when isDuplicate(duplicate) ->
                Problem.of(ProblemType.DUPLICATE_FIELD, "The body has the same field twice.");
            case InputCoercionException number -> invalid(number);
            case DatabindException value -> invalid(value);
            case null, default -> Problem.of(ProblemType.MALFORMED_JSON, "The body must be one JSON object.");
        };
    }

    private static boolean isDuplicate(StreamReadException exception) {
        String message = exception.getOriginalMessage();
        return message != null && message.startsWith("Duplicate");
    }

    private static Problem invalid(JacksonException exception) {
        String field = path(exception);
        if (field.isEmpty()) {
            return Problem.of(ProblemType.MALFORMED_JSON, "The body must be one JSON object.");
        }
        return Problem.of(ProblemType.INVALID_FIELD, "A field has a value of the wrong type or form.")
                .withError(field, "has a value of the wrong type or form");
    }

    private static String path(JacksonException exception) {
        var path = new StringBuilder();
        for (var step : exception.getPath()) {
            if (step.getPropertyName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        String quoted = LogSafe.quote(path.toString());
        return quoted.substring(1, quoted.length() - 1);
    }
}
