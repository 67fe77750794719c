package io.datadrivenchanges.payments.stage;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

import io.datadrivenchanges.experiment.AuditGate;
import io.datadrivenchanges.experiment.audit.AuditReport;
import io.datadrivenchanges.experiment.audit.Audited;
import io.datadrivenchanges.experiment.audit.Audited.Outcome;
import io.datadrivenchanges.payments.performance.CourierAudit;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/// The audits of this instance: one at a time, on one thread, when somebody asks for one or a promotion needs one. The newest is kept, until
/// the process ends. Thread-safe.
@Component
final class Audits implements AuditGate, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Audits.class);
    /// Between the beginnings of two audits that a promotion waits for.
    private static final Duration AGAIN = Duration.ofMinutes(10);
    private static final Duration REST = Duration.ofSeconds(10);
    private static final int MAX_NAMED = 10;

    private final Callable<AuditReport<Long>> audit;
    private final InstantSource clock;
    private final Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);
    private final ThreadPoolExecutor thread;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile @Nullable Audited<Long> last;

    @Autowired
    Audits(CourierAudit audit, MeterRegistry meters) {
        this(audit::compare, meters, InstantSource.system());
    }

    Audits(Callable<AuditReport<Long>> audit, MeterRegistry meters, InstantSource clock) {
        this.audit = audit;
        this.clock = clock;
        for (Outcome outcome : Outcome.values()) {
            counters.put(outcome, Counter.builder("experiment.audits").tag("outcome", outcome.key())
                    .description("Comparisons of all couriers, by what they showed").register(meters));
        }
        Gauge.builder("experiment.audit.found", this, Audits::found)
                .description("Couriers about which the cache was wrong at the newest audit, NaN before")
                .register(meters);
        thread = new ThreadPoolExecutor(1, 1, REST.toSeconds(), TimeUnit.SECONDS, new ArrayBlockingQueue<>(1),
                task -> Thread.ofPlatform().daemon().name("payments-audit").unstarted(task));
        thread.allowCoreThreadTimeOut(true);
    }

    /// Begins an audit, unless one is under way; says whether it has begun.
    boolean begin() {
        if (!running.compareAndSet(false, true)) {
            return false;
        }
        Instant begun = clock.instant();
        thread.execute(() -> run(begun));
        return true;
    }

    boolean isRunning() {
        return running.get();
    }

    /// The newest that has ended.
    Optional<Audited<Long>> last() {
        return Optional.ofNullable(last);
    }

    @Override
    public boolean isPassed(String experiment, Instant since) {
        Audited<Long> newest = last;
        if (newest != null && !newest.begun().isBefore(since)) {
            if (newest.outcome() == Outcome.CLEAN) {
                return true;
            }
            if (clock.instant().isBefore(newest.begun().plus(AGAIN))) {
                return false;
            }
        }
        begin();
        return false;
    }

    /// It is about all couriers, whatever the experiment.
    @Override
    public Optional<Audited<?>> last(String experiment) {
        return Optional.ofNullable(last);
    }

    private void run(Instant begun) {
        try {
            Audited<Long> audited = audited(begun);
            last = audited;
            Objects.requireNonNull(counters.get(audited.outcome())).increment();
            tell(audited);
        } finally {
            running.set(false);
        }
    }

    private Audited<Long> audited(Instant begun) {
        try {
            return new Audited.Compared<>(begun, audit.call());
        } catch (IOException e) {
            return new Audited.Failed<>(begun, String.valueOf(e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new Audited.Failed<>(begun, "The service is stopping");
        } catch (Exception e) {
            log.error("An audit failed unexpectedly", e);
            return new Audited.Failed<>(begun, "An unexpected error: see the log");
        }
    }

    private static void tell(Audited<Long> audited) {
        var line = (audited.outcome() == Outcome.CLEAN ? log.atInfo() : log.atWarn())
                .addKeyValue("event.action", "experiment.audited")
                .addKeyValue("outcome", audited.outcome().key());
        switch (audited) {
            case Audited.Failed<Long> failed -> line.log("The audit of all couriers failed: {}", failed.why());
            case Audited.Compared<Long>(Instant _, AuditReport<Long> report) -> line.log(
                    "The audit of all couriers is {}: {} compared, {} wrong in the cache{}, {} never at rest{}{}, in {} ms",
                    audited.outcome().key(), report.keys(), report.found(), named(report), report.moving(),
                    report.caughtUp() ? "" : ", the cache was behind", report.complete() ? "" : ", not complete",
                    report.took().toMillis());
        }
    }

    private static String named(AuditReport<Long> report) {
        return report.discrepancies().isEmpty()
                ? ""
                : report.discrepancies().stream().limit(MAX_NAMED)
                        .map(wrong -> wrong.key() + " " + wrong.kind())
                        .collect(Collectors.joining(", ", " (", report.found() > MAX_NAMED ? ", …)" : ")"));
    }

    private double found() {
        return last instanceof Audited.Compared<Long> compared ? compared.report().found() : Double.NaN;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
