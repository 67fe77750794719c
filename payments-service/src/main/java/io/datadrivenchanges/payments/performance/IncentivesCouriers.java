package io.datadrivenchanges.payments.performance;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.datadrivenchanges.cache.PerformanceLevel;
import io.datadrivenchanges.experiment.audit.KeyedSource;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.util.UriBuilder;

/// All couriers as Incentives has them: what an audit takes for the truth. Made for one audit, which makes one call at a time.
///
/// Its connections are not those of payments, so that neither the calls that payments make nor their circuit notice it. A call ends within 2 s and is
/// made three times at most. An answer that is not exactly one ends the audit.
final class IncentivesCouriers implements KeyedSource<Long, Optional<PerformanceLevel>> {
    private static final String ALL = "/incentives/performance";
    private static final Duration CALL = Duration.ofSeconds(2);
    /// Before the second and the third attempt.
    private static final List<Duration> PAUSES = List.of(Duration.ofMillis(200), Duration.ofSeconds(2));
    private static final int MAX_PAGE = 1000;
    /// A courier takes some 110 bytes.
    private static final int MAX_BODY = 256 * 1024;

    private final RestClient http;
    private final AccessToken token;
    private final long origin;

    /// @param http a [#client]
    /// @param origin where positions begin, as [System#nanoTime]
    IncentivesCouriers(RestClient http, AccessToken token, long origin) {
        this.http = http;
        this.token = token;
        this.origin = origin;
    }

    /// Connections for audits alone.
    static RestClient client(RestClient.Builder builder, IncentivesProperties properties) {
        return IncentivesClient.connect(builder, properties, CALL);
    }

    /// What was answered; nothing of a body that is too large.
    private static final class Answer {
        private final int status;
        private final @Nullable MediaType type;
        private final byte[] body;

        private Answer(ClientHttpResponse response) throws IOException {
            status = response.getStatusCode().value();
            type = IncentivesClient.contentType(response.getHeaders());
            try (InputStream in = response.getBody()) {
                byte[] read = in.readNBytes(MAX_BODY + 1);
                body = read.length > MAX_BODY ? new byte[0] : read;
            }
        }

        boolean isRefusal() {
            return status == 502 || status == 503 || status == 504;
        }
    }

    @Override
    public String name() {
        return "incentives";
    }

    @Override
    public List<Entry<Long, Optional<PerformanceLevel>>> page(@Nullable Long after, int limit) throws IOException {
        List<Entry<Long, Optional<PerformanceLevel>>> page = new ArrayList<>();
        long last = after == null ? 0 : after;
        while (page.size() < limit) {
            int size = Math.min(MAX_PAGE, limit - page.size());
            List<IncentivesAnswer.Row> rows = rows(last, size);
            rows.forEach(row -> page.add(entry(row.courierId(), row.performance())));
            if (rows.size() < size) {
                break;
            }
            last = rows.getLast().courierId();
        }
        return page;
    }

    private List<IncentivesAnswer.Row> rows(long after, int limit) throws IOException {
        Answer answer = ask(
                uri -> uri.path(ALL).queryParam("after", after).queryParam("limit", limit).build());
        return IncentivesAnswer.readPage(after, limit, answer.status, answer.type, answer.body)
                .orElseThrow(() -> senseless(answer));
    }

    @Override
    public Optional<Entry<Long, Optional<PerformanceLevel>>> find(Long courierId) throws IOException {
        Answer answer = ask(uri -> uri.path(ALL + "/{courierId}").build(courierId));
        Performance performance = IncentivesAnswer.read(courierId, answer.status, answer.type, answer.body)
                .orElseThrow(() -> senseless(answer));
        return performance.known() ? Optional.of(entry(courierId, performance)) : Optional.empty();
    }

    /// Now: whatever is read has been committed before.
    @Override
    public long position() {
        return System.nanoTime() - origin;
    }

    private static Entry<Long, Optional<PerformanceLevel>> entry(long courierId, Performance performance) {
        return new Entry<>(courierId, Optional.of(performance.level()), performance.version());
    }

    private static IOException senseless(Answer answer) {
        return new IOException(answer.status == 401 || answer.status == 403
                ? "Incentives answered " + answer.status + ": see payments.incentives.token-file"
                : "Incentives answered " + answer.status + " with something that says nothing about couriers");
    }

    private Answer ask(Function<UriBuilder, URI> what) throws IOException {
        for (Duration pause : PAUSES) {
            try {
                Answer answer = attempt(what);
                if (!answer.isRefusal()) {
                    return answer;
                }
            } catch (RestClientException _) {
                // The last attempt says what was wrong.
            }
            rest(pause);
        }
        try {
            return attempt(what);
        } catch (RestClientException e) {
            throw new IOException("Incentives cannot be reached: " + e.getMostSpecificCause(), e);
        }
    }

    private Answer attempt(Function<UriBuilder, URI> what) throws IOException {
        Optional<String> bearer = token.read();
        return http.get().uri(what)
                .headers(headers -> bearer.ifPresent(headers::setBearerAuth))
                .accept(MediaType.APPLICATION_JSON, MediaType.APPLICATION_PROBLEM_JSON)
                .exchangeForRequiredValue((_, response) -> new Answer(response));
    }

    private static void rest(Duration pause) throws InterruptedIOException {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted between two calls");
        }
    }
}
