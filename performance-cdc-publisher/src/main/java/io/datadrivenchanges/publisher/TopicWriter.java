package io.datadrivenchanges.publisher;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import io.datadrivenchanges.publisher.Change.Position;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/// The fenced way into the topic. Its transaction is a fence and not a unit of reading: after [#fence] nothing that an older
/// publisher sent is appended any more. Confined to one thread at a time, except [#close].
final class TopicWriter {
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(30);

    private final String topic;
    private final int partitions;
    private final LongSupplier nanoTime;
    private final PublisherMetrics metrics;
    private final Producer<String, String> producer;
    private final AtomicReference<@Nullable Exception> failedSend = new AtomicReference<>();
    private boolean inTransaction;

    /// @param producer with a transactional id; closed with this
    TopicWriter(Producer<String, String> producer, PublisherProperties.Topic topic, LongSupplier nanoTime,
            PublisherMetrics metrics) {
        this.producer = producer;
        this.topic = topic.name();
        this.partitions = topic.partitions();
        this.nanoTime = nanoTime;
        this.metrics = metrics;
    }

    /// @param kafka address and security
    static TopicWriter connect(Map<String, Object> kafka, PublisherProperties.Topic topic, Limits limits,
            LongSupplier nanoTime, PublisherMetrics metrics) {
        return new TopicWriter(
                new KafkaProducer<>(settings(kafka, topic, limits), new StringSerializer(), new StringSerializer()),
                topic, nanoTime, metrics);
    }

    static Map<String, Object> settings(Map<String, Object> kafka, PublisherProperties.Topic topic, Limits limits) {
        var settings = new HashMap<>(kafka);
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic.name() + "-publisher");
        settings.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Math.toIntExact(TRANSACTION_TIMEOUT.toMillis()));
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(limits.kafkaDelivery().toMillis()));
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, limits.kafkaBlock().toMillis());
        settings.put(ProducerConfig.CONNECTIONS_MAX_IDLE_MS_CONFIG, -1L);
        return settings;
    }

    /// Locks every older publisher out. Waits for Kafka; can be interrupted.
    void fence() {
        producer.initTransactions();
    }

    int partitions() {
        return partitions;
    }

    /// Where Kafka's own rule puts this key.
    int partitionOf(String key) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    /// Hands one record over without waiting.
    ///
    /// @param position of the change, or `null` for a record that belongs to none
    /// @param onAck    called from a thread of the producer
    void send(int partition, TopicRecord record, @Nullable Position position, long receivedMicros, Runnable onAck) {
        if (!inTransaction) {
            producer.beginTransaction();
            inTransaction = true;
        }
        List<Header> headers = position == null
                ? List.of()
                : List.of(header("pos", position.confirms()), header("lsn", position.lsn()),
                        header("op", position.operation()), header("recv", receivedMicros));
        long sentAt = nanoTime.getAsLong();
        var _ = producer.send(new ProducerRecord<>(topic, partition, record.key(), record.value(), headers),
                (_, failure) -> {
                    if (failure == null) {
                        metrics.acknowledged(Duration.ofNanos(nanoTime.getAsLong() - sentAt));
                        onAck.run();
                    } else {
                        failedSend.compareAndSet(null, failure);
                    }
                });
    }

    private static Header header(String name, Object value) {
        return new RecordHeader(name, value.toString().getBytes(StandardCharsets.US_ASCII));
    }

    /// @throws KafkaException if Kafka refused a record since the writer was made
    void failIfAnySendFailed() {
        Exception failure = failedSend.get();
        if (failure != null) {
            throw failure instanceof KafkaException known ? known : new KafkaException(failure);
        }
    }

    /// Waits until everything handed over is acknowledged and committed.
    ///
    /// @throws KafkaException if one record is not; nothing handed over since the last commit counts then
    void commit() {
        if (inTransaction) {
            long begin = nanoTime.getAsLong();
            producer.commitTransaction();
            inTransaction = false;
            metrics.committed(Duration.ofNanos(nanoTime.getAsLong() - begin));
        }
    }

    /// Ends every call that still waits for Kafka once `limit` is over; zero ends them at once.
    void close(Duration limit) {
        producer.close(limit);
    }
}
