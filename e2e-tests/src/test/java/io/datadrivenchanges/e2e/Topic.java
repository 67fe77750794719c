package io.datadrivenchanges.e2e;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The topic `courier-performance`, read and written without the system's help.
final class Topic {
    private static final String NAME = "courier-performance";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final JsonMapper JSON = new JsonMapper();

    private final String bootstrapServers;

    Topic(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /// A courier's record.
    record Change(long generation, long courierId, Level level, long version) {
        private static Change of(JsonNode value) {
            return new Change(value.path("generation").longValue(), value.path("courierId").longValue(),
                    Level.valueOf(value.path("performance").stringValue()), value.path("version").longValue());
        }

        /// The record's value, in the form that the golden file pins.
        private String text() {
            Instant now = Instant.now();
            return "{\"schema\":1,\"generation\":%d,\"courierId\":%d,\"performance\":\"%s\",\"version\":%d,\"updatedAt\":\"%s\",\"committedAt\":\"%s\"}"
                    .formatted(generation, courierId, level, version, now, now);
        }
    }

    /// What the topic holds about couriers now, from the beginning to the end, marks and heartbeats left out.
    List<Change> changes() {
        return records().stream().filter(record -> !record.key().startsWith("@"))
                .map(record -> Change.of(JSON.readTree(record.value()))).toList();
    }

    /// Partitions that hold couriers.
    Set<Integer> partitionsOfCouriers() {
        return records().stream().filter(record -> !record.key().startsWith("@")).map(ConsumerRecord::partition)
                .collect(Collectors.toSet());
    }

    /// Whether anything has this key.
    boolean has(String key) {
        return records().stream().anyMatch(record -> record.key().equals(key));
    }

    private List<ConsumerRecord<String, String>> records() {
        var records = new ArrayList<ConsumerRecord<String, String>>();
        try (var consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrapServers, "group.protocol",
                "classic", "isolation.level", "read_uncommitted"), new StringDeserializer(),
                new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(NAME, LIMIT).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition())).toList();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions, LIMIT);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey(), LIMIT) < end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("the topic's end was not reached within " + LIMIT);
                }
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records;
    }

    /// Appends a courier's record beside the publisher: what no correct writer would do.
    void corrupt(Change change) {
        write(Long.toString(change.courierId()), change.text());
    }

    /// Appends what tells readers that a generation begins or is complete.
    ///
    /// @param state `BUILDING` or `COMPLETE`
    void mark(long generation, String state, long couriers) {
        write("@generation",
                "{\"schema\":1,\"generation\":%d,\"state\":\"%s\",\"couriers\":%d,\"systemId\":\"1\",\"timeline\":1,\"at\":\"%s\"}"
                        .formatted(generation, state, couriers, Instant.now()));
    }

    private void write(String key, String value) {
        try (var producer = new KafkaProducer<>(Map.of("bootstrap.servers", bootstrapServers, "acks", "all"),
                new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(NAME, key, value))
                    .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the record was not written", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while writing a record", e);
        }
    }
}
