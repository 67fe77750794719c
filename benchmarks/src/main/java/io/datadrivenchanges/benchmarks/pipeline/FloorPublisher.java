package io.datadrivenchanges.benchmarks.pipeline;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/// The least that has to happen between a committed row and Kafka, and hence the floor: one thread blocks on the replication
/// stream, decodes the columns it needs and sends.
///
/// It promises nothing: no snapshot, no resuming, no fence, no check. A program of its own, ended by a signal.
final class FloorPublisher {
    private static final byte INSERT = 'I';
    private static final byte UPDATE = 'U';
    private static final byte NEW_ROW = 'N';
    private static final byte TEXT = 't';
    private static final String VERSION_FIELD = "\"version\":";

    private final KafkaProducer<String, String> kafka;
    private final String topic;
    private volatile LogSequenceNumber acknowledged = LogSequenceNumber.INVALID_LSN;

    private FloorPublisher(KafkaProducer<String, String> kafka, String topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    /// Publishes until the process is ended.
    ///
    /// @param arguments port of PostgreSQL, address of Kafka, name of database, slot and topic
    static void main(String... arguments) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", "perf_cdc");
        properties.setProperty("replication", "database");
        properties.setProperty("assumeMinServerVersion", "10");
        properties.setProperty("preferQueryMode", "simple");
        String name = arguments[2];
        // The variable keeps the connection referenced: the driver closes one that the garbage collector finds alone.
        try (Connection database = DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + arguments[0] + "/" + name, properties);
                var kafka = new KafkaProducer<>(Map.of("bootstrap.servers", arguments[1], "linger.ms", 0),
                        new StringSerializer(), new StringSerializer())) {
            var replication = database.unwrap(PGConnection.class).getReplicationAPI();
            replication.createReplicationSlot().logical().withSlotName(name).withOutputPlugin("pgoutput")
                    .withTemporaryOption().make();
            try (PGReplicationStream stream = replication.replicationStream().logical().withSlotName(name)
                    .withSlotOption("proto_version", 1)
                    .withSlotOption("publication_names", "courier_performance_pub").start()) {
                new FloorPublisher(kafka, name).follow(stream);
            }
        }
    }

    private void follow(PGReplicationStream stream) throws SQLException {
        while (true) {
            ByteBuffer message = Objects.requireNonNull(stream.read(), "a blocking read returns a message");
            byte kind = message.get();
            if (kind == INSERT || kind == UPDATE) {
                message.getInt(); // the table: nobody else writes into the published ones
                if (message.get() == NEW_ROW) {
                    send(message, stream.getLastReceiveLSN());
                }
            }
            stream.setFlushedLSN(acknowledged);
        }
    }

    private void send(ByteBuffer row, LogSequenceNumber position) {
        row.getShort(); // number of columns, which the publication fixes
        String courierId = text(row);
        String value = "{\"courierId\":" + courierId + ",\"performance\":\"" + text(row) + "\"," + VERSION_FIELD
                + text(row) + ",\"updatedAt\":\"" + text(row) + "\"}";
        var _ = kafka.send(new ProducerRecord<>(topic, courierId, value), (_, failure) -> {
            if (failure == null) {
                acknowledged = position;
            }
        });
    }

    private static String text(ByteBuffer row) {
        byte form = row.get();
        if (form != TEXT) {
            throw new IllegalStateException("A column came as '" + (char) form + "' instead of text");
        }
        var bytes = new byte[row.getInt()];
        row.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// Reads what this publisher writes.
    static Couriers.Version read(ConsumerRecord<String, String> record) {
        String value = record.value();
        int begin = value.indexOf(VERSION_FIELD) + VERSION_FIELD.length();
        return new Couriers.Version(Long.parseLong(record.key()),
                Long.parseLong(value, begin, value.indexOf(',', begin), 10));
    }
}
