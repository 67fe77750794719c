package io.datadrivenchanges.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class KafkaBrokerIT {

    @TempDir
    Path folder;

    @Test
    void keepsAcknowledgedRecordsWhenKilledAndStopped() throws Exception {
        try (var broker = KafkaBroker.start(folder, 0)) {
            createTopic(broker);
            send(broker, "first");

            broker.kill();
            broker.restart();
            send(broker, "second");
            broker.stop();
            broker.restart();

            assertThat(read(broker, 2)).containsExactly("first", "second");
        }
    }

    @Test
    void servesTransactions() throws Exception {
        try (var broker = KafkaBroker.start(folder, 0)) {
            createTopic(broker);

            try (var producer = new KafkaProducer<>(
                    Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", "t"),
                    new StringSerializer(),
                    new StringSerializer())) {
                producer.initTransactions();
                producer.beginTransaction();
                var _ = producer.send(new ProducerRecord<>("t", "k", "fenced"));
                producer.commitTransaction();
            }

            assertThat(read(broker, 1)).containsExactly("fenced");
        }
    }

    private static void createTopic(KafkaBroker broker) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("t", Optional.empty(), Optional.empty()))).all().get(20,
                    TimeUnit.SECONDS);
        }
    }

    private static void send(KafkaBroker broker, String value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>("t", "k", value)).get(20, TimeUnit.SECONDS);
        }
    }

    private static List<String> read(KafkaBroker broker, int count) {
        try (var consumer = new KafkaConsumer<>(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            var partition = new TopicPartition("t", 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<String> values = new ArrayList<>();
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (values.size() < count && System.nanoTime() - end < 0) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(record.value());
                }
            }
            return values;
        }
    }
}
