package io.datadrivenchanges.cache;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Creates the topic of a test and writes records in the pinned form.
final class TopicWriter implements AutoCloseable {
    private static final long LIMIT_SECONDS = 30;

    private final String topic;
    private final int partitions;
    private final Admin admin;
    private final KafkaProducer<byte[], byte[]> producer;
    private final List<Future<?>> sent = new ArrayList<>();

    TopicWriter(String bootstrapServers, String topic, int partitions, boolean transactional) {
        this.topic = topic;
        this.partitions = partitions;
        // One request in flight: the first ones to a new topic can be refused, and later ones must not overtake them.
        Map<String, Object> settings = new HashMap<>(Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0,
                "max.in.flight.requests.per.connection", 1, "max.request.size", 8 * 1024 * 1024));
        admin = Admin.create(settings);
        if (transactional) {
            settings.put("transactional.id", "writer-of-" + topic);
        }
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        if (transactional) {
            producer.initTransactions();
        }
    }

    TopicWriter create(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of("cleanup.policy", "compact"));
        settings.putAll(more);
        await(() -> admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(settings))).all()
                .get(LIMIT_SECONDS, TimeUnit.SECONDS));
        return this;
    }

    TopicWriter create() {
        return create(Map.of());
    }

    void delete() {
        await(() -> admin.deleteTopics(List.of(topic)).all().get(LIMIT_SECONDS, TimeUnit.SECONDS));
    }

    void addPartitions(int total) {
        await(() -> admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total))).all()
                .get(LIMIT_SECONDS, TimeUnit.SECONDS));
    }

    void alter(String setting, String value) {
        alter(new ConfigResource(ConfigResource.Type.TOPIC, topic), setting, value);
    }

    private void alter(ConfigResource resource, String setting, String value) {
        var change = new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
        await(() -> admin.incrementalAlterConfigs(Map.of(resource, List.of(change))).all()
                .get(LIMIT_SECONDS, TimeUnit.SECONDS));
    }

    /// Creates the topic so that it is compacted within a second, and has the broker look that often.
    TopicWriter createEager() {
        alter(new ConfigResource(ConfigResource.Type.BROKER, ""), "log.cleaner.backoff.ms", "300");
        return create(Map.of("segment.ms", "100", "min.cleanable.dirty.ratio", "0", "min.compaction.lag.ms", "0",
                "delete.retention.ms", "0", "file.delete.delay.ms", "100"));
    }

    boolean exists() {
        try {
            admin.describeTopics(List.of(topic)).allTopicNames().get(LIMIT_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw new AssertionError(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    void transaction(Runnable records, boolean commit) {
        producer.beginTransaction();
        records.run();
        flush();
        if (commit) {
            producer.commitTransaction();
        } else {
            producer.abortTransaction();
        }
    }

    TopicWriter building(long generation) {
        return marker(generation, "BUILDING", new long[partitions]);
    }

    TopicWriter complete(long generation, long... couriersPerPartition) {
        return marker(generation, "COMPLETE", couriersPerPartition);
    }

    private TopicWriter marker(long generation, String state, long[] couriers) {
        for (int partition = 0; partition < partitions; partition++) {
            send(partition, "@generation", """
                    {"schema":1,"generation":%d,"state":"%s","couriers":%d,"systemId":"1","timeline":1,"at":"%s"}"""
                    .formatted(generation, state, couriers[partition], Instant.now()));
        }
        return this;
    }

    TopicWriter change(long generation, long courierId, String level, long version) {
        return send((int) (courierId % partitions), Long.toString(courierId), """
                {"schema":1,"generation":%d,"courierId":%d,"performance":"%s","version":%d,"updatedAt":"%5$s",\
                "committedAt":"%5$s"}""".formatted(generation, courierId, level, version, Instant.now()));
    }

    TopicWriter heartbeat(long generation) {
        return heartbeat(generation, Duration.ZERO);
    }

    /// A heartbeat that was committed so long ago.
    TopicWriter heartbeat(long generation, Duration age) {
        for (int partition = 0; partition < partitions; partition++) {
            send(partition, "@heartbeat", """
                    {"schema":1,"generation":%d,"beat":1,"committedAt":"%s","publisher":"test"}"""
                    .formatted(generation, Instant.now().minus(age)));
        }
        return this;
    }

    TopicWriter send(int partition, @Nullable String key, @Nullable String value) {
        sent.add(producer.send(new ProducerRecord<>(topic, partition, bytes(key), bytes(value))));
        return this;
    }

    /// Waits until everything sent is acknowledged.
    void flush() {
        producer.flush();
        sent.forEach(acknowledgement -> await(() -> acknowledgement.get(LIMIT_SECONDS, TimeUnit.SECONDS)));
        sent.clear();
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close();
        admin.close();
    }

    private interface Asking {
        void ask() throws InterruptedException, ExecutionException, TimeoutException;
    }

    private static void await(Asking asking) {
        try {
            asking.ask();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
