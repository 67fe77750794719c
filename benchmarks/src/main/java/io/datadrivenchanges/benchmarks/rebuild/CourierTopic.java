package io.datadrivenchanges.benchmarks.rebuild;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// A topic with one record per courier in the pinned form, couriers 1 to n, between the markers and before a heartbeat.
///
/// Odd couriers look as the snapshot writes them, even ones as streaming does, with a commit time.
///
/// @param couriers their number, at least 1
record CourierTopic(String bootstrapServers, int couriers) {
    static final String NAME = "courier-performance";
    static final int YEAR = 2026;
    static final int MONTH = 1;
    static final int DAY = 1;
    /// How all read it: with the sizes of our cache, so that the difference is not one of settings.
    static final Map<String, Object> READING = Map.of("max.poll.records", 5000, "max.partition.fetch.bytes",
            8 * 1024 * 1024, "receive.buffer.bytes", -1);
    private static final Instant MIDNIGHT = LocalDate.of(YEAR, MONTH, DAY).atStartOfDay().toInstant(ZoneOffset.UTC);
    private static final long MICROS_PER_DAY = TimeUnit.DAYS.toMicros(1);
    private static final long GENERATION = MIDNIGHT.getEpochSecond();
    private static final String[] LEVELS = {"NORMAL", "HIGH", "OUTSTANDING"};
    private static final long LIMIT_SECONDS = 120;

    /// The version that a courier has in the topic.
    static long version(long courierId) {
        return 1 + courierId % 1000;
    }

    /// Creates the topic and writes it.
    ///
    /// @throws InterruptedException if the waiting thread is interrupted
    void write() throws InterruptedException, ExecutionException, TimeoutException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            // Nothing is to be compacted, and no cleaner to run beside the measurement.
            admin.createTopics(List.of(new NewTopic(NAME, 1, (short) 1)
                    .configs(Map.of("cleanup.policy", "compact", "min.compaction.lag.ms", "86400000")))).all()
                    .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
        try (var producer = new KafkaProducer<>(Map.<String, Object>of("bootstrap.servers", bootstrapServers,
                "linger.ms", 50, "batch.size", 512 * 1024), new ByteArraySerializer(), new ByteArraySerializer())) {
            var failure = new AtomicReference<@Nullable Exception>();
            send(producer, failure, "@generation", marker("BUILDING", 0));
            for (int courier = 1; courier <= couriers; courier++) {
                send(producer, failure, Integer.toString(courier), change(courier));
            }
            send(producer, failure, "@generation", marker("COMPLETE", couriers));
            send(producer, failure, "@heartbeat",
                    "{\"schema\":1,\"generation\":%d,\"beat\":1,\"committedAt\":\"%s\",\"publisher\":\"benchmark\"}"
                            .formatted(GENERATION, Instant.now()));
            producer.flush();
            if (failure.get() != null) {
                throw new IllegalStateException("The topic could not be written", failure.get());
            }
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, AtomicReference<@Nullable Exception> failure,
            String key, String value) {
        var _ = producer.send(new ProducerRecord<>(NAME, HandDecoding.utf8(key), HandDecoding.utf8(value)),
                (_, exception) -> {
                    if (exception != null) {
                        failure.set(exception);
                    }
                });
    }

    static String marker(String state, int couriers) {
        return "{\"schema\":1,\"generation\":%d,\"state\":\"%s\",\"couriers\":%d,\"systemId\":\"1\",\"timeline\":1,\"at\":\"%s\"}"
                .formatted(GENERATION, state, couriers, MIDNIGHT);
    }

    /// Built without a formatter: a million of them are to be written within seconds.
    static String change(int courier) {
        String time = time(courier * 61L % MICROS_PER_DAY);
        String value = "{\"schema\":1,\"generation\":" + GENERATION + ",\"courierId\":" + courier
                + ",\"performance\":\"" + LEVELS[courier % LEVELS.length] + "\",\"version\":" + version(courier)
                + ",\"updatedAt\":\"" + time;
        return courier % 2 == 0 ? value + "\",\"committedAt\":\"" + time + "\"}" : value + "\"}";
    }

    private static String time(long microsOfDay) {
        // A fraction of 0 would be written shorter than the pinned form has it.
        String fraction = Long.toString(1_000_000 + microsOfDay % 1_000_000).substring(1);
        String second = MIDNIGHT.plusSeconds(microsOfDay / 1_000_000).toString();
        return second.substring(0, second.length() - 1) + "." + fraction + "Z";
    }
}
