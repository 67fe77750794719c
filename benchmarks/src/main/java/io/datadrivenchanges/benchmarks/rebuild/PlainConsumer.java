package io.datadrivenchanges.benchmarks.rebuild;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// The floor: a consumer that decodes by hand into a hash map. It checks nothing, orders nothing, and only its own thread
/// may look something up.
final class PlainConsumer implements LocalTable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<Long, Courier> couriers = new HashMap<>();

    PlainConsumer(CourierTopic topic) {
        Map<String, Object> settings = new HashMap<>(CourierTopic.READING);
        settings.putAll(Map.of("bootstrap.servers", topic.bootstrapServers(), "enable.auto.commit", false,
                "auto.offset.reset", "none"));
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public void rebuild() {
        var partition = new TopicPartition(CourierTopic.NAME, 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        while (consumer.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (!HandDecoding.isControl(record.key())) {
                    couriers.put(HandDecoding.courierId(record.key()), HandDecoding.courier(record.value()));
                }
            }
        }
    }

    @Override
    public void follow(Duration time) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos()) {
            consumer.poll(POLL);
        }
    }

    @Override
    public long version(long courierId) {
        Courier courier = couriers.get(courierId);
        return courier == null ? 0 : courier.version();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
