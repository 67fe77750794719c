package io.datadrivenchanges.publisher;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/// Meters `cdc.publisher.*`. Thread-safe.
final class PublisherMetrics {
    static final String HEARTBEAT = "heartbeat";
    private static final String PREFIX = "cdc.publisher.";
    private static final String CLEAN = "clean";
    private static final String DIFFERENT = "different";
    private static final String FAILED = "failed";
    private static final ObjectName ENGINES = engines();

    private final MeterRegistry registry;
    private final Timer delay;
    private final Timer ack;
    private final Timer commit;
    private final Counter fenced;
    private final Map<String, Counter> records;
    private final AtomicLong slotRetained = new AtomicLong();
    private final AtomicLong slotSafe = new AtomicLong();
    private final AtomicLong auditMissing = new AtomicLong();
    private final AtomicLong auditAhead = new AtomicLong();
    private final AtomicLong auditDifferent = new AtomicLong();
    private final Map<String, Counter> audits;

    PublisherMetrics(MeterRegistry registry, PublisherStatus status) {
        this.registry = registry;
        delay = timer("delay", "Commit in the database to hand-over to Kafka");
        ack = timer("ack", "Hand-over to Kafka to acknowledgement");
        commit = timer("commit", "Commit of a Kafka transaction");
        fenced = registry.counter(PREFIX + "fenced");
        records = Stream.of("r", "c", "u", HEARTBEAT).collect(Collectors.toUnmodifiableMap(Function.identity(),
                operation -> registry.counter(PREFIX + "records", "op", operation)));
        for (PublisherState state : PublisherState.values()) {
            Gauge.builder(PREFIX + "state", status, it -> it.view().state() == state ? 1 : 0)
                    .tag("state", state.name().toLowerCase(Locale.ROOT)).register(registry);
        }
        Gauge.builder(PREFIX + "generation", status, it -> it.view().generation()).register(registry);
        Gauge.builder(PREFIX + "watermark.age", status, PublisherMetrics::watermarkAgeInSeconds)
                .baseUnit("seconds").register(registry);
        audits = Stream.of(CLEAN, DIFFERENT, FAILED).collect(Collectors.toUnmodifiableMap(Function.identity(),
                outcome -> registry.counter(PREFIX + "audit.runs", "outcome", outcome)));
        audit("missing", auditMissing, "Couriers whose newest version was missing in the topic at the last audit");
        audit("ahead", auditAhead, "Couriers or versions that only the topic had at the last audit");
        audit("different", auditDifferent, "Couriers with same version and other level at the last audit");
        Gauge.builder(PREFIX + "queue.remaining", PublisherMetrics::queueRemaining)
                .description("Free places between reading from PostgreSQL and sending to Kafka").register(registry);
        Gauge.builder(PREFIX + "slot.retained.bytes", slotRetained, AtomicLong::doubleValue)
                .description("Write-ahead log kept for the slot").register(registry);
        Gauge.builder(PREFIX + "slot.safe.bytes", slotSafe, AtomicLong::doubleValue)
                .description("Write-ahead log until the slot is lost; -1 without a limit").register(registry);
    }

    private void audit(String name, AtomicLong value, String description) {
        Gauge.builder(PREFIX + "audit." + name, value, AtomicLong::doubleValue).description(description)
                .register(registry);
    }

    /// The engine tells it by JMX only; NaN while none streams.
    private static double queueRemaining() {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        return server.queryNames(ENGINES, null).stream().mapToDouble(engine -> queueRemaining(server, engine)).min()
                .orElse(Double.NaN);
    }

    private static double queueRemaining(MBeanServer server, ObjectName engine) {
        try {
            return server.getAttribute(engine, "QueueRemainingCapacity") instanceof Number free
                    ? free.doubleValue()
                    : Double.NaN;
        } catch (JMException _) {
            return Double.NaN;
        }
    }

    private static ObjectName engines() {
        try {
            return new ObjectName("debezium.postgres:type=connector-metrics,context=streaming,server="
                    + ChangeMapper.SOURCE + ",*");
        } catch (MalformedObjectNameException e) {
            throw new IllegalStateException(e);
        }
    }

    private Timer timer(String name, String description) {
        return Timer.builder(PREFIX + name).description(description).register(registry);
    }

    private static double watermarkAgeInSeconds(PublisherStatus status) {
        Duration age = status.watermarkAge();
        return age == null ? Double.NaN : age.toNanos() / 1e9;
    }

    void generationStarted(Reason reason) {
        registry.counter(PREFIX + "generations", "reason", reason.tag()).increment();
        engineStarted(reason.tag());
    }

    void engineContinued() {
        engineStarted("continue");
    }

    private void engineStarted(String reason) {
        registry.counter(PREFIX + "starts", "reason", reason).increment();
    }

    void record(String operation) {
        Counter counter = records.get(operation);
        if (counter != null) {
            counter.increment();
        }
    }

    void delay(Duration sinceCommit) {
        delay.record(sinceCommit);
    }

    void acknowledged(Duration sinceSend) {
        ack.record(sinceSend);
    }

    void committed(Duration took) {
        commit.record(took);
    }

    void fenced() {
        fenced.increment();
    }

    void audited(Audit audit) {
        auditMissing.set(audit.missing());
        auditAhead.set(audit.ahead());
        auditDifferent.set(audit.different());
        count(audit.clean() ? CLEAN : DIFFERENT);
    }

    void auditFailed() {
        count(FAILED);
    }

    private void count(String outcome) {
        Counter counter = audits.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    void slot(long retained, long safe) {
        slotRetained.set(retained);
        slotSafe.set(safe);
    }
}
