package io.datadrivenchanges.http;

import java.util.regex.Pattern;

/// A kind of error answer: the last part of its type URI, the HTTP status and a title that is the same each time.
/// Services declare their own beside the shared ones below. Immutable.
///
/// @param name   lower case words joined by hyphens; the answer's `type` is `/problems/<name>`
/// @param status HTTP status, 400 to 599
/// @param title  one short sentence without a full stop
public record ProblemType(String name, int status, String title) {
    private static final Pattern NAME = Pattern.compile("[a-z]+(-[a-z]+)*");

    public static final ProblemType MALFORMED_JSON = new ProblemType("malformed-json", 400,
            "The body is not valid JSON");
    public static final ProblemType INVALID_FIELD = new ProblemType("invalid-field", 400,
            "A field is missing or has a value that is not allowed");
    public static final ProblemType UNKNOWN_FIELD = new ProblemType("unknown-field", 400, "A field is not known here");
    public static final ProblemType DUPLICATE_FIELD = new ProblemType("duplicate-field", 400, "A field is given twice");
    public static final ProblemType BAD_ENCODING = new ProblemType("bad-encoding", 400, "The body is not plain UTF-8");
    public static final ProblemType BAD_REQUEST = new ProblemType("bad-request", 400, "The request is not acceptable");
    public static final ProblemType UNAUTHENTICATED = new ProblemType("unauthenticated", 401,
            "A valid access token is needed");
    public static final ProblemType FORBIDDEN = new ProblemType("forbidden", 403, "This caller may not do this");
    public static final ProblemType NOT_FOUND = new ProblemType("not-found", 404, "There is nothing here");
    public static final ProblemType METHOD_NOT_ALLOWED = new ProblemType("method-not-allowed", 405,
            "This method is not supported here");
    public static final ProblemType NOT_ACCEPTABLE = new ProblemType("not-acceptable", 406,
            "No answer can be given in the requested form");
    public static final ProblemType REQUEST_TIMEOUT = new ProblemType("request-timeout", 408,
            "The request took too long to arrive");
    public static final ProblemType PAYLOAD_TOO_LARGE = new ProblemType("payload-too-large", 413,
            "The body is too large");
    public static final ProblemType UNSUPPORTED_MEDIA_TYPE = new ProblemType("unsupported-media-type", 415,
            "The body must be uncompressed application/json in UTF-8");
    public static final ProblemType RATE_LIMITED = new ProblemType("rate-limited", 429,
            "Too many requests from this caller");
    public static final ProblemType INTERNAL_ERROR = new ProblemType("internal-error", 500,
            "An unexpected error, not caused by the request");
    public static final ProblemType OVERLOADED = new ProblemType("overloaded", 503, "Too many requests at the moment");
    public static final ProblemType BUSY = new ProblemType("busy", 503,
            "Others are changing the same thing at the moment");
    public static final ProblemType STORAGE_UNAVAILABLE = new ProblemType("storage-unavailable", 503,
            "The database does not answer at the moment");
    public static final ProblemType STORAGE_FULL = new ProblemType("storage-full", 503,
            "The database has no space left");

    /// Refuses a name that is no path segment of lower case words and a status that is no error.
    public ProblemType {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a problem name: " + name);
        }
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("not an error status: " + status);
        }
    }

    /// The type for a status that something other than our own code chose, such as the server itself.
    static ProblemType of(int status) {
        return switch (status) {
            case 401 -> UNAUTHENTICATED;
            case 403 -> FORBIDDEN;
            case 404 -> NOT_FOUND;
            case 405 -> METHOD_NOT_ALLOWED;
            case 406 -> NOT_ACCEPTABLE;
            case 408 -> REQUEST_TIMEOUT;
            case 413 -> PAYLOAD_TOO_LARGE;
            case 415 -> UNSUPPORTED_MEDIA_TYPE;
            case 429 -> RATE_LIMITED;
            case 500 -> INTERNAL_ERROR;
            case 503 -> OVERLOADED;
            default -> new ProblemType(BAD_REQUEST.name, status,
                    status < 500 ? BAD_REQUEST.title : "The server cannot do this");
        };
    }
}
