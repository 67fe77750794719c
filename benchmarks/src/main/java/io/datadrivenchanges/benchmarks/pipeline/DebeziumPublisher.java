package io.datadrivenchanges.benchmarks.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.format.Json;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Debezium's engine with nothing set but where to read, and a handler as its documentation shows it: send a batch, await the
/// acknowledgements, mark. Kafka's producer has its defaults, too. A program of its own, ended by a signal.
final class DebeziumPublisher {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final long ACK_SECONDS = 120;

    private DebeziumPublisher() {}

    /// Publishes until the process is ended.
    ///
    /// @param arguments port of PostgreSQL, address of Kafka, name of database, slot and topic
    static void main(String... arguments) {
        String name = arguments[2];
        var kafka = new KafkaProducer<>(Map.of("bootstrap.servers", arguments[1]), new StringSerializer(),
                new StringSerializer());
        DebeziumEngine<ChangeEvent<String, String>> engine = DebeziumEngine.create(Json.class)
                .using(settings(arguments[0], name))
                .notifying((List<ChangeEvent<String, String>> events,
                        RecordCommitter<ChangeEvent<String, String>> committer) -> publish(events, committer, kafka,
                                name))
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                engine.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }, "end-engine"));
        engine.run();
    }

    private static Properties settings(String port, String name) {
        var settings = new Properties();
        settings.setProperty("name", name);
        settings.setProperty("connector.class", PostgresConnector.class.getName());
        settings.setProperty("topic.prefix", name);
        settings.setProperty("database.hostname", "127.0.0.1");
        settings.setProperty("database.port", port);
        settings.setProperty("database.dbname", name);
        settings.setProperty("database.user", "perf_cdc");
        settings.setProperty("database.password", "perf_cdc");
        settings.setProperty("plugin.name", "pgoutput");
        settings.setProperty("slot.name", name);
        settings.setProperty("slot.drop.on.stop", "true");
        settings.setProperty("publication.name", "courier_performance_pub");
        settings.setProperty("publication.autocreate.mode", "disabled");
        settings.setProperty("table.include.list", "public.courier_performance");
        settings.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
        return settings;
    }

    private static void publish(List<ChangeEvent<String, String>> events,
            RecordCommitter<ChangeEvent<String, String>> committer, KafkaProducer<String, String> kafka, String topic)
            throws InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (ChangeEvent<String, String> event : events) {
            sent.add(kafka.send(new ProducerRecord<>(topic, event.key(), event.value())));
        }
        try {
            for (int i = 0; i < sent.size(); i++) {
                sent.get(i).get(ACK_SECONDS, TimeUnit.SECONDS);
                committer.markProcessed(events.get(i));
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("A change was not acknowledged", e);
        }
        committer.markBatchFinished();
    }

    /// Reads what this publisher writes.
    static Couriers.@Nullable Version read(ConsumerRecord<String, String> record) {
        JsonNode row = JSON.readTree(record.value()).path("payload").path("after");
        return row.isObject()
                ? new Couriers.Version(row.path("courier_id").longValue(), row.path("version").longValue())
                : null;
    }
}
