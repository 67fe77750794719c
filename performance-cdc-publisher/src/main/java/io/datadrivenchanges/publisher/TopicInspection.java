package io.datadrivenchanges.publisher;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Header;

/// What the topic is and how far it reaches. Each call waits for Kafka for a bounded time and can be interrupted. Thread-safe.
final class TopicInspection {
    private static final Duration READ_LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long FIRST_STEP = 1_000;
    private static final String CLEANUP = "cleanup.policy";
    private static final String COMPACTION_LAG = "min.compaction.lag.ms";
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.of(
            CLEANUP, "compact", COMPACTION_LAG, "300000", "max.compaction.lag.ms", "600000", "segment.ms", "300000",
            "segment.bytes", "33554432", "min.cleanable.dirty.ratio", "0.1", "message.timestamp.type",
            "LogAppendTime"));

    private final Map<String, Object> kafka;
    private final PublisherProperties.Topic topic;
    private final LongSupplier nanoTime;
    private final Duration answerLimit;

    /// @param kafka       address and security
    /// @param answerLimit of each question
    TopicInspection(Map<String, Object> kafka, PublisherProperties.Topic topic, LongSupplier nanoTime,
            Duration answerLimit) {
        this.kafka = Map.copyOf(kafka);
        this.topic = topic;
        this.nanoTime = nanoTime;
        this.answerLimit = answerLimit;
    }

    /// Creates the topic where configured to, and checks it.
    ///
    /// @return the topic's identity, which changes when somebody recreates it
    /// @throws NeedsPersonException if it is set up in a way that loses or mixes couriers
    Uuid verify() throws InterruptedException {
        var settings = new HashMap<>(kafka);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(answerLimit.toMillis()));
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, Math.toIntExact(answerLimit.toMillis()));
        Admin admin = Admin.create(settings);
        try {
            answer(admin.describeCluster().nodes());
            TopicDescription description = description(admin);
            var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
            check(description, answer(admin.describeConfigs(List.of(resource)).all()).values().iterator().next());
            return description.topicId();
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    private TopicDescription description(Admin admin) throws InterruptedException {
        try {
            return describe(admin);
        } catch (UnknownTopicOrPartitionException _) {
            if (!topic.create()) {
                throw new NotYetException("Kafka has no topic '" + topic.name() + "' yet");
            }
        }
        try {
            answer(admin.createTopics(List.of(new NewTopic(topic.name(), topic.partitions(), topic.replicationFactor())
                    .configs(newSettings()))).all());
        } catch (TopicExistsException _) {
            // Somebody else was faster; what they made is checked like everything else.
        }
        try {
            return describe(admin);
        } catch (UnknownTopicOrPartitionException _) {
            throw new NotYetException("Kafka is still creating topic '" + topic.name() + "'");
        }
    }

    private Map<String, String> newSettings() {
        var settings = new HashMap<>(SETTINGS);
        if (topic.replicationFactor() > 2) {
            settings.put("min.insync.replicas", "2");
            settings.put("unclean.leader.election.enable", "false");
        }
        return settings;
    }

    private TopicDescription describe(Admin admin) throws InterruptedException {
        return answer(admin.describeTopics(List.of(topic.name())).allTopicNames()).values().iterator().next();
    }

    private void check(TopicDescription description, Config config) {
        if (description.partitions().size() != topic.partitions()) {
            throw new NeedsPersonException("topic '" + topic.name() + "' has " + description.partitions().size()
                    + " partitions instead of " + topic.partitions());
        }
        String cleanup = config.get(CLEANUP).value();
        if (!cleanup.equals(SETTINGS.get(CLEANUP))) {
            throw new NeedsPersonException(
                    "topic '" + topic.name() + "' has " + CLEANUP + "=" + cleanup + " instead of compact");
        }
        long lag = Long.parseLong(config.get(COMPACTION_LAG).value());
        if (lag < Long.parseLong(SETTINGS.get(COMPACTION_LAG))) {
            throw new NeedsPersonException("topic '" + topic.name() + "' has " + COMPACTION_LAG + "=" + lag
                    + ", at least " + SETTINGS.get(COMPACTION_LAG) + " is needed");
        }
    }

    private <T> T answer(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get(answerLimit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
                throw silent();
            }
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        } catch (java.util.concurrent.TimeoutException _) {
            throw silent();
        }
    }

    private NotYetException silent() {
        return new NotYetException("Kafka does not answer at " + addresses());
    }

    private String addresses() {
        Object servers = kafka.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
        return servers instanceof Collection<?> several
                ? String.join(",", several.stream().map(String::valueOf).toList())
                : String.valueOf(servers);
    }

    /// Reads from the end backwards until the newest marker of every partition is found, or all was read.
    TopicState readTail() {
        try (var committed = TopicConsumer.open(kafka, topic, IsolationLevel.READ_COMMITTED, answerLimit);
                var shown = TopicConsumer.open(kafka, topic, IsolationLevel.READ_UNCOMMITTED, answerLimit)) {
            Map<TopicPartition, Long> begin = committed.beginningOffsets(committed.assignment());
            Map<TopicPartition, Long> end = committed.endOffsets(committed.assignment());
            for (long step = FIRST_STEP;; step *= 10) {
                Map<TopicPartition, Long> from = stepBack(begin, end, step);
                Tail tail = read(from, end, committed);
                if (from.equals(begin) || (tail.markers().size() == from.size() && tail.reaches().isPresent())) {
                    return new TopicState(tail.markers(), tail.reaches(),
                            read(from, shown.endOffsets(shown.assignment()), shown).reaches());
                }
            }
        }
    }

    private static Map<TopicPartition, Long> stepBack(Map<TopicPartition, Long> begin, Map<TopicPartition, Long> end,
            long step) {
        var from = new HashMap<TopicPartition, Long>();
        begin.forEach((partition, first) -> from.put(partition,
                Math.max(first, end.getOrDefault(partition, 0L) - step)));
        return from;
    }

    private Tail read(Map<TopicPartition, Long> from, Map<TopicPartition, Long> end,
            KafkaConsumer<String, String> consumer) {
        from.forEach(consumer::seek);
        var markers = new HashMap<Integer, Marker>();
        OptionalLong reaches = OptionalLong.empty();
        long begin = nanoTime.getAsLong();
        while (end.entrySet().stream().anyMatch(it -> consumer.position(it.getKey()) < it.getValue())) {
            if (nanoTime.getAsLong() - begin > READ_LIMIT.toNanos()) {
                throw new NotYetException("Kafka does not deliver the end of topic '" + topic.name() + "'");
            }
            for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
                if (TopicRecord.MARKER_KEY.equals(record.key())) {
                    marker(record).ifPresentOrElse(marker -> markers.put(record.partition(), marker),
                            () -> markers.remove(record.partition()));
                }
                OptionalLong position = position(record);
                if (position.isPresent() && (reaches.isEmpty()
                        || Long.compareUnsigned(position.getAsLong(), reaches.getAsLong()) > 0)) {
                    reaches = position;
                }
            }
        }
        return new Tail(markers, reaches);
    }

    /// What one consumer has read.
    private record Tail(Map<Integer, Marker> markers, OptionalLong reaches) {}

    /// A marker that cannot be read hides those before it, which leads to a new generation.
    private static Optional<Marker> marker(ConsumerRecord<String, String> record) {
        try {
            return Optional.of(Marker.read(record.value()));
        } catch (RuntimeException _) {
            return Optional.empty();
        }
    }

    private static OptionalLong position(ConsumerRecord<String, String> record) {
        Header header = record.headers().lastHeader("pos");
        try {
            return header == null
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(new String(header.value(), StandardCharsets.US_ASCII)));
        } catch (NumberFormatException _) {
            return OptionalLong.empty();
        }
    }
}
