package io.datadrivenchanges.publisher;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.datadrivenchanges.publisher.Pipe.Running;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// Takes one defence away and shows the damage that it prevents, so that the tests which look for that damage are known to see
/// it.
@Isolated("makes an engine log what no engine may log while DisturbedPublisherIT listens")
class RemovedDefenceIT {
    private final Pipe pipe = new Pipe(1);

    @AfterEach
    void close() {
        pipe.close();
    }

    @Test
    void withoutTheSlotCheckAChangeIsLostAndTheAuditorFindsIt() throws Exception {
        pipe.change(1, 2);
        pipe.start().awaitFresh().stop();
        pipe.change(2);
        pipe.onSlot("SELECT pg_replication_slot_advance('" + pipe.properties.slot() + "', pg_current_wal_lsn())");

        Running careless = pipe.start((source, topic, _, _, _) -> new Resumption.Continue(
                source.slot() == null ? 0 : source.slot().confirmed(), topic.markers())).awaitFresh();

        assertThat(pipe.versions().get(2L)).isEqualTo(List.of(1L));
        assertThat(careless.publisher().audit()).hasValueSatisfying(audit -> {
            assertThat(audit.missing()).isEqualTo(1);
            assertThat(audit.ahead() + audit.different()).isZero();
            assertThat(audit.examples()).containsExactly(2L);
        });
    }

    @Test
    void withTheEnginesOwnOffsetsItSearchesItsPosition() throws Exception {
        pipe.change(1);
        pipe.start().awaitFresh().stop();
        long confirmed = pipe.confirmed();
        var log = new ListAppender<ILoggingEvent>();
        var logger = (Logger) LoggerFactory.getLogger("io.debezium.connector.postgresql");
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        logger.addAppender(log);

        var own = new SlotPosition(OptionalLong.of(confirmed));
        own.mark(Map.of("lsn", confirmed, "lsn_commit", confirmed, "lsn_proc", confirmed, "ts_usec", 0L));
        var engine = new ChangeEngine(pipe.properties, own, ChangeHandlerTest.handler(new MockProducer<>()));
        var _ = engine.start();
        try {
            await().atMost(Pipe.LIMIT).until(() -> log.list.stream().map(ILoggingEvent::getFormattedMessage)
                    .anyMatch(message -> message.contains("Searching for WAL resume position")));
        } finally {
            engine.close(Duration.ofSeconds(10));
            logger.detachAppender(log);
        }
    }

    /// A publisher is held up with unsent changes, a second one takes over and publishes a newer one, then the first goes on:
    /// once with an open transaction, once between two, once without the fence. What counts is what compaction leaves.
    @Test
    void withoutTheFenceAZombiesOldValueSurvivesCompaction() throws Exception {
        String fenced = pipe.properties.topic().name();
        String unfenced = fenced + "-unfenced";
        create(fenced, unfenced);
        try (Producer<String, String> open = producer(fenced, true);
                Producer<String, String> idle = producer(fenced + "-idle", true);
                Producer<String, String> plain = producer(unfenced, false)) {
            open.initTransactions();
            open.beginTransaction();
            open.send(new ProducerRecord<>(fenced, "first", "1")).get();
            idle.initTransactions();

            try (Producer<String, String> next = producer(fenced, true);
                    Producer<String, String> nextIdle = producer(fenced + "-idle", true);
                    Producer<String, String> nextPlain = producer(unfenced, false)) {
                publish(next, fenced, "open");
                publish(nextIdle, fenced, "idle");
                nextPlain.send(new ProducerRecord<>(unfenced, "plain", "2")).get();
            }

            assertThatThrownBy(() -> {
                var _ = open.send(new ProducerRecord<>(fenced, "open", "1"));
                open.commitTransaction();
            }).satisfies(e -> assertThat(Failure.of(e).kind()).isEqualTo(Failure.Kind.FENCED));
            assertThatThrownBy(() -> {
                idle.beginTransaction();
                var _ = idle.send(new ProducerRecord<>(fenced, "idle", "1"));
                idle.commitTransaction();
            }).satisfies(e -> assertThat(Failure.of(e).kind()).isEqualTo(Failure.Kind.FENCED));
            plain.send(new ProducerRecord<>(unfenced, "plain", "1")).get();
        }

        assertThat(pipe.compacted(fenced, "open")).isEqualTo("2");
        assertThat(pipe.compacted(fenced, "idle")).isEqualTo("2");
        assertThat(pipe.compacted(unfenced, "plain")).as("the sabotage is seen").isEqualTo("1");
    }

    private static void publish(Producer<String, String> producer, String topic, String key) {
        producer.initTransactions();
        producer.beginTransaction();
        var _ = producer.send(new ProducerRecord<>(topic, key, "2"));
        producer.commitTransaction();
    }

    private Producer<String, String> producer(String id, boolean fenced) {
        var settings = new HashMap<>(TopicWriter.settings(pipe.address(),
                new PublisherProperties.Topic(id, 1, (short) 1, false), Limits.STANDARD));
        if (!fenced) {
            settings.remove("transactional.id");
            settings.remove("transaction.timeout.ms");
        }
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    private void create(String... topics) throws Exception {
        try (Admin admin = Admin.create(pipe.address())) {
            for (String topic : topics) {
                admin.createTopics(
                        List.of(new NewTopic(topic, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                        .all().get();
            }
        }
    }
}
