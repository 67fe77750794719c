package io.datadrivenchanges.benchmarks.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;

/// The least that a reader has to do: poll, decode, put into a map. It follows its topic from where it ends at the start, on a
/// thread of its own. Thread-safe.
final class MapReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final Map<Long, Long> versions = new ConcurrentHashMap<>();
    private final Decoder decoder;
    private final KafkaConsumer<String, String> consumer;
    private final Thread thread = Thread.ofPlatform().daemon().name("map-reader").unstarted(this::follow);
    private volatile Pipe.Listener listener = (_, _, _) -> {};
    private volatile boolean closing;

    MapReader(String kafka, String topic, Decoder decoder) {
        this.decoder = decoder;
        consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", kafka, "group.protocol", "classic",
                "enable.auto.commit", false), new StringDeserializer(), new StringDeserializer());
        var partition = List.of(new TopicPartition(topic, 0));
        consumer.assign(partition);
        consumer.seekToEnd(partition);
        thread.start();
    }

    /// Reads a record; `null` for one that tells nothing about a courier.
    @FunctionalInterface
    interface Decoder {
        Couriers.@Nullable Version read(ConsumerRecord<String, String> record);
    }

    void tell(Pipe.Listener listener) {
        this.listener = listener;
    }

    /// Version that is visible, 0 for none.
    long versionOf(long courierId) {
        return versions.getOrDefault(courierId, 0L);
    }

    private void follow() {
        try (consumer) {
            while (!closing) {
                for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
                    Couriers.Version change = decoder.read(record);
                    if (change != null) {
                        versions.put(change.courierId(), change.version());
                        listener.visible(change.courierId(), change.version(), System.nanoTime());
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join(CLOSE_LIMIT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
