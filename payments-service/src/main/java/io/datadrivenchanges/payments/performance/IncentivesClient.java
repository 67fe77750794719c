package io.datadrivenchanges.payments.performance;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/// Asks Incentives for a courier's performance; the control of the experiment. Thread-safe.
///
/// Each call ends within 800 ms: an attempt within 500 ms, and a second one only where the first failed within 250 ms by
/// a refusal (never after a time limit: who is slow gets no more work). A bulkhead bounds what a hanging Incentives can hold
/// and what payments can ask of it when the copy answers none of them; a circuit spares it while it fails. An answer that is not exactly one about the courier is a failure.
@Component
final class IncentivesClient {
    private static final Duration RETRY_WITHIN = Duration.ofMillis(250);
    private static final long MIN_JITTER_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long MAX_JITTER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int MAX_BODY = 16 * 1024;

    private final RestClient http;
    private final Semaphore permits;
    private final CircuitBreaker circuit = CircuitBreaker.of("incentives", circuitSettings());
    private final RetryBudget retries = new RetryBudget();
    private final VersionsSeen versions = new VersionsSeen();
    private final Duration readTimeout;
    private final AccessToken token;
    private final MeterRegistry meters;

    IncentivesClient(RestClient.Builder builder, IncentivesProperties properties, MeterRegistry meters) {
        this.http = connect(builder, properties, properties.readTimeout());
        this.permits = new Semaphore(properties.maxCalls());
        this.readTimeout = properties.readTimeout();
        this.token = new AccessToken(properties.tokenFile());
        this.meters = meters;
    }

    /// Connections to Incentives that nobody else uses.
    ///
    /// @param call limit for one call, from its start to the last byte of the answer
    static RestClient connect(RestClient.Builder builder, IncentivesProperties properties, Duration call) {
        var client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(properties.connectTimeout())
                .build();
        var requests = new JdkClientHttpRequestFactory(client);
        requests.setReadTimeout(call);
        return builder.requestFactory(requests).baseUrl(properties.baseUrl()).build();
    }

    /// How one attempt ended.
    private sealed interface Attempt {
        record Answered(Performance performance) implements Attempt {}

        /// @param refused whether Incentives said in time that it will not answer, so that asking again may help
        record Failed(String outcome, boolean refused, String message, @Nullable Exception cause) implements Attempt {}
    }

    /// Asks, for at most 800 ms.
    ///
    /// @throws PerformanceUnavailableException without a trustworthy answer in time
    Performance fetch(long courierId) throws PerformanceUnavailableException {
        if (!permits.tryAcquire()) {
            throw counted(new PerformanceUnavailableException("bulkhead_full", "Incentives holds too many calls"));
        }
        try {
            if (!circuit.tryAcquirePermission()) {
                throw counted(
                        new PerformanceUnavailableException("circuit_open", "Incentives failed too often just now"));
            }
            return throughCircuit(courierId);
        } finally {
            permits.release();
        }
    }

    /// Makes a first call, which takes longer than others, and ignores what comes of it.
    void warmUp() {
        attempt((1L << 53) - 1);
    }

    private Performance throughCircuit(long courierId) throws PerformanceUnavailableException {
        long start = System.nanoTime();
        Attempt attempt = attempt(courierId);
        retries.earn();
        if (attempt instanceof Attempt.Failed failed && failed.refused()
                && System.nanoTime() - start <= RETRY_WITHIN.toNanos() && retries.spend()) {
            meters.counter("incentives.retries").increment();
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(MIN_JITTER_NANOS, MAX_JITTER_NANOS));
            attempt = attempt(courierId);
        }
        long took = System.nanoTime() - start;
        return switch (attempt) {
            case Attempt.Answered answered -> {
                circuit.onSuccess(took, TimeUnit.NANOSECONDS);
                yield noted(courierId, answered.performance());
            }
            case Attempt.Failed failed -> {
                var unavailable = new PerformanceUnavailableException(failed.outcome(), failed.message(),
                        failed.cause());
                circuit.onError(took, TimeUnit.NANOSECONDS, unavailable);
                throw counted(unavailable);
            }
        };
    }

    private Attempt attempt(long courierId) {
        long start = System.nanoTime();
        Optional<String> bearer;
        try {
            bearer = token.read();
        } catch (IOException e) {
            return new Attempt.Failed("refused", false, "There is no access token for Incentives: " + e.getMessage(),
                    e);
        }
        try {
            return http.get().uri("/incentives/performance/{courierId}", courierId)
                    .headers(headers -> bearer.ifPresent(headers::setBearerAuth))
                    .accept(MediaType.APPLICATION_JSON, MediaType.APPLICATION_PROBLEM_JSON)
                    .<Attempt>exchangeForRequiredValue((_, response) -> read(courierId, response));
        } catch (RestClientException e) {
            Throwable cause = e.getMostSpecificCause();
            boolean late = cause instanceof HttpTimeoutException || System.nanoTime() - start >= readTimeout.toNanos();
            return late
                    ? new Attempt.Failed("timeout", false, "Incentives did not answer in time", e)
                    : new Attempt.Failed("refused", true, "Incentives cannot be reached: " + cause, e);
        }
    }

    private static Attempt read(long courierId, ClientHttpResponse response) throws IOException {
        int status = response.getStatusCode().value();
        if (status == 502 || status == 503 || status == 504) {
            return new Attempt.Failed("refused", true, "Incentives answered " + status, null);
        }
        if (status == 401 || status == 403) {
            return new Attempt.Failed("invalid", false,
                    "Incentives answered " + status + ": see payments.incentives.token-file", null);
        }
        byte[] body;
        try (InputStream in = response.getBody()) {
            body = in.readNBytes(MAX_BODY + 1);
        }
        Optional<Performance> performance = body.length > MAX_BODY
                ? Optional.empty()
                : IncentivesAnswer.read(courierId, status, contentType(response.getHeaders()), body);
        return performance.<Attempt>map(Attempt.Answered::new).orElseGet(() -> new Attempt.Failed("invalid", false,
                "Incentives answered " + status + " with something that says nothing about the courier", null));
    }

    static @Nullable MediaType contentType(HttpHeaders headers) {
        try {
            return headers.getContentType();
        } catch (RuntimeException _) {
            return null;
        }
    }

    private Performance noted(long courierId, Performance performance) {
        count(performance.known() ? "ok" : "unknown_courier");
        if (performance.known() && versions.regressed(courierId, performance.version())) {
            meters.counter("incentives.version.regressions").increment();
        }
        return performance;
    }

    private PerformanceUnavailableException counted(PerformanceUnavailableException failure) {
        count(failure.outcome());
        return failure;
    }

    private void count(String outcome) {
        meters.counter("incentives.calls", "outcome", outcome).increment();
    }

    private static CircuitBreakerConfig circuitSettings() {
        return CircuitBreakerConfig.custom()
                .slidingWindow(50, 20, SlidingWindowType.COUNT_BASED)
                .failureRateThreshold(50)
                .slowCallDurationThreshold(Duration.ofMillis(400))
                .slowCallRateThreshold(80)
                .waitDurationInOpenState(Duration.ofSeconds(2))
                .permittedNumberOfCallsInHalfOpenState(5)
                .build();
    }
}
