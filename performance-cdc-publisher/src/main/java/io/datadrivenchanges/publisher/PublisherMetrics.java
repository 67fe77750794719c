package io.datadrivenchanges.publisher;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/// Meters `cdc.publisher.*`. Thread-safe.
final class PublisherMetrics {
    static final String HEARTBEAT = "heartbeat";
    private static final String PREFIX = "cdc.publisher.";

    private final MeterRegistry registry;
    private final Timer delay;
    private final Timer ack;
    private final Timer commit;
    private final Counter fenced;
    private final Map<String, Counter> records;
    private final AtomicLong slotRetained = new AtomicLong();
    private final AtomicLong slotSafe = new AtomicLong();

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
        Gauge.builder(PREFIX + "slot.retained.bytes", slotRetained, AtomicLong::doubleValue)
                .description("Write-ahead log kept for the slot").register(registry);
        Gauge.builder(PREFIX + "slot.safe.bytes", slotSafe, AtomicLong::doubleValue)
                .description("Write-ahead log until the slot is lost; -1 without a limit").register(registry);
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

    void slot(long retained, long safe) {
        slotRetained.set(retained);
        slotSafe.set(safe);
    }
}
