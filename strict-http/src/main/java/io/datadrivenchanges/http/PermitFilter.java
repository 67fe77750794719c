package io.datadrivenchanges.http;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Semaphore;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.filter.OncePerRequestFilter;

/// Bounds how many requests are worked on at once. Virtual threads set no such limit, and a queue would only make all
/// callers wait: who gets no permit is told so at once. Health and metrics need none.
final class PermitFilter extends OncePerRequestFilter {
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    private final Semaphore writes;
    private final Semaphore reads;
    private final String exempt;

    PermitFilter(int maxWrites, int maxReads, String exempt) {
        this.writes = new Semaphore(maxWrites);
        this.reads = new Semaphore(maxReads);
        this.exempt = exempt + "/";
    }

    void bind(MeterRegistry registry) {
        gauge(registry, "write", writes);
        gauge(registry, "read", reads);
    }

    private static void gauge(MeterRegistry registry, String kind, Semaphore permits) {
        Gauge.builder("http.permits.available", permits, Semaphore::availablePermits)
                .description("Requests that could start now").tag("kind", kind).register(registry);
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return request.getRequestURI().startsWith(exempt);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Semaphore permits = READS.contains(request.getMethod()) ? reads : writes;
        if (!permits.tryAcquire()) {
            Problem.of(ProblemType.OVERLOADED, "Nothing was done: send the same request again.").send(request,
                    response);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            permits.release();
        }
    }
}
