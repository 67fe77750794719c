package io.datadrivenchanges.publisher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the records of one generation as a cache that starts from scratch would, those included that Kafka never committed: a
/// change that the database has lost may be among them. Confined to one thread.
final class AuditReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(30);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    /// Levels that the auditor tells apart; those beyond count as one.
    private static final int MAX_LEVELS = 255;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final KafkaConsumer<String, String> consumer;
    private final long generation;
    private final LongSupplier nanoTime;
    private final TopicVersions versions = new TopicVersions();
    private final Set<Long> poisoned = new TreeSet<>();
    private final List<String> levels = new ArrayList<>();

    /// @param kafka address and security
    AuditReader(Map<String, Object> kafka, PublisherProperties.Topic topic, long generation, LongSupplier nanoTime) {
        this.generation = generation;
        this.nanoTime = nanoTime;
        consumer = TopicConsumer.open(kafka, topic, IsolationLevel.READ_UNCOMMITTED, ANSWER_LIMIT);
        consumer.seekToBeginning(consumer.assignment());
    }

    /// Reads on to what is the end now.
    ///
    /// @throws NotYetException if Kafka stops delivering
    void readOn() {
        Map<TopicPartition, Long> end = consumer.endOffsets(consumer.assignment());
        long progress = nanoTime.getAsLong();
        while (end.entrySet().stream().anyMatch(it -> consumer.position(it.getKey()) < it.getValue())) {
            var records = consumer.poll(POLL);
            records.forEach(this::take);
            if (!records.isEmpty()) {
                progress = nanoTime.getAsLong();
            } else if (nanoTime.getAsLong() - progress > SILENCE_LIMIT.toNanos()) {
                throw new NotYetException("Kafka does not deliver the topic to the auditor");
            }
        }
    }

    private void take(ConsumerRecord<String, String> record) {
        String key = record.key();
        if (key != null && key.startsWith("@")) {
            return;
        }
        long courier = courier(key);
        JsonNode value = value(record.value());
        if (value == null || courier == 0) {
            poisoned.add(courier);
        } else if (value.required("generation").longValue() == generation) {
            long before = TopicVersions.version(versions.stateOf(courier));
            long version = value.required("version").longValue();
            if (!versions.apply(courier, version, levelOf(value.required("performance").stringValue()))) {
                poisoned.add(courier);
            } else if (version > before) {
                poisoned.remove(courier);
            }
        }
    }

    private static long courier(@Nullable String key) {
        try {
            return key == null ? 0 : Long.parseLong(key);
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    /// @return `null` if it lacks what every reader needs
    private static @Nullable JsonNode value(@Nullable String text) {
        try {
            JsonNode value = text == null ? null : JSON.readTree(text);
            return value != null && value.path("generation").isIntegralNumber()
                    && value.path("version").isIntegralNumber()
                    && value.path("performance").isString() ? value : null;
        } catch (JacksonException _) {
            return null;
        }
    }

    /// A small number for a level, the same for the same text.
    int levelOf(String level) {
        int known = levels.indexOf(level);
        if (known < 0 && levels.size() < MAX_LEVELS) {
            levels.add(level);
            known = levels.size() - 1;
        }
        return known < 0 ? MAX_LEVELS : known;
    }

    TopicVersions versions() {
        return versions;
    }

    /// Couriers whose newest record no reader can use: unreadable, or in contradiction to another one of the same version. 0 stands
    /// for keys that are no courier.
    Set<Long> poisoned() {
        return poisoned;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
