package io.datadrivenchanges.traffic;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// The two services under load, over HTTP.
///
/// A request that is refused for now (408, 429, 503) or whose connection is lost is sent again, with the same body, as
/// [Backoff] says. Thread-safe.
final class Services implements AutoCloseable {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    private static final int CREATED = 201;
    private static final int OK = 200;

    private final URI payments;
    private final URI incentives;
    private final Backoff backoff;
    private final HttpClient http;

    Services(URI payments, URI incentives, Backoff backoff) {
        this.payments = payments;
        this.incentives = incentives;
        this.backoff = backoff;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_LIMIT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /// What became of a request.
    sealed interface Result {

        /// It was answered as hoped.
        ///
        /// @param existed whether it had been done before
        record Done(boolean existed) implements Result {}

        /// It was refused, or nobody answered in time.
        ///
        /// @param reason one sentence
        record Failed(String reason) implements Result {}
    }

    Result pay(Delivery delivery) {
        return post(payments.resolve("/payments"), delivery.payment());
    }

    Result setLevel(long courierId, Level level) {
        return post(incentives.resolve("/incentives/performance/" + courierId),
                "{\"performance\":\"" + level.name() + "\"}");
    }

    /// The current numbers of an experiment in Payments.
    ///
    /// @throws TrafficException if they cannot be had
    ExperimentNumbers experiment(String name) {
        URI uri = payments.resolve("/experiments/" + name);
        Attempt last = attempts(HttpRequest.newBuilder(uri).timeout(ANSWER_LIMIT).GET().build());
        if (last.status() != OK) {
            throw new TrafficException("The numbers of the experiment cannot be read: " + last.sentence(uri));
        }
        return ExperimentNumbers.parse(last.body());
    }

    /// Ends open connections; answers still awaited are lost.
    @Override
    public void close() {
        http.shutdownNow();
    }

    private Result post(URI uri, String body) {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(ANSWER_LIMIT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        Attempt last = attempts(request);
        return switch (last.status()) {
            case CREATED -> new Result.Done(false);
            case OK -> new Result.Done(true);
            default -> new Result.Failed(last.sentence(uri));
        };
    }

    private Attempt attempts(HttpRequest request) {
        long start = backoff.clock().getAsLong();
        for (int count = 1;; count++) {
            Attempt last = attempt(request);
            if (!last.worthRetrying()) {
                return last;
            }
            Duration wait = backoff.after(count, last.retryAfter());
            if (backoff.exhausted(start, wait)) {
                return last;
            }
            LockSupport.parkNanos(wait.toNanos());
        }
    }

    private Attempt attempt(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            Duration retryAfter = response.headers()
                    .firstValue("Retry-After")
                    .filter(value -> value.matches("[0-9]{1,4}"))
                    .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                    .orElse(Duration.ZERO);
            return new Attempt(response.statusCode(), response.body(), retryAfter);
        } catch (IOException e) {
            String message = e.getMessage();
            return new Attempt(Attempt.LOST,
                    message == null ? e.getClass().getSimpleName() : message,
                    Duration.ZERO);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Attempt(Attempt.INTERRUPTED, "", Duration.ZERO);
        }
    }

    private record Attempt(int status, String body, Duration retryAfter) {
        private static final int LOST = 0;
        private static final int INTERRUPTED = -1;
        private static final int MAX_SHOWN = 300;

        private boolean worthRetrying() {
            return switch (status) {
                case LOST, 408, 429, 503 -> true;
                default -> false;
            };
        }

        private String sentence(URI uri) {
            String text = body.length() <= MAX_SHOWN ? body : body.substring(0, MAX_SHOWN) + "…";
            return switch (status) {
                case LOST -> uri + " does not answer (" + text + ").";
                case INTERRUPTED -> "The run was interrupted.";
                default -> uri + " answered " + status + ": " + text;
            };
        }
    }
}
