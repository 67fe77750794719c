package io.datadrivenchanges.publisher;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;

import io.datadrivenchanges.publisher.Pipe.Running;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class AuditorIT {
    private final Pipe pipe = new Pipe(1);

    @AfterEach
    void close() {
        pipe.close();
    }

    @Test
    void reportsOneCorruptedRecordAndReplacesTheGeneration() throws Exception {
        pipe.change(LongStream.rangeClosed(1, 20).toArray());
        Running running = pipe.start().awaitFresh();
        assertThat(running.publisher().audit()).hasValueSatisfying(clean -> {
            assertThat(clean.clean()).isTrue();
            assertThat(clean.couriers()).isEqualTo(20);
        });
        long before = running.status().view().generation();

        write("7", "{\"schema\":1,\"generation\":" + before + ",\"courierId\":7,\"performance\":\"OUTSTANDING\","
                + "\"version\":1,\"updatedAt\":\"2026-01-01T00:00:00.000000Z\"}");

        Audit audit = awaitDifference(running);
        assertThat(audit.different()).isEqualTo(1);
        assertThat(audit.missing() + audit.ahead()).isZero();
        assertThat(audit.examples()).containsExactly(7L);
        await().atMost(Pipe.LIMIT).until(() -> running.status().view().generation() > before);
        running.awaitFresh();
        assertThat(running.count("generations", "reason", "audit")).isEqualTo(1);
        assertThat(running.publisher().audit()).hasValueSatisfying(after -> assertThat(after.clean()).isTrue());
        pipe.awaitTable();
    }

    @Test
    void waitsForAPersonWhenItFindsSomethingTwiceWithinAnHour() throws Exception {
        pipe.change(1, 2, 3);
        Running running = pipe.start().awaitFresh();
        long first = running.status().view().generation();
        write("3", "not a record");
        write("99",
                "{\"schema\":1,\"generation\":" + first + ",\"courierId\":99,\"performance\":\"HIGH\",\"version\":4,"
                        + "\"updatedAt\":\"2026-01-01T00:00:00.000000Z\"}");

        Audit audit = awaitDifference(running);
        assertThat(audit.different()).isEqualTo(1);
        assertThat(audit.ahead()).isEqualTo(1);
        assertThat(audit.missing()).isZero();
        assertThat(audit.examples()).containsExactlyInAnyOrder(3L, 99L);
        await().atMost(Pipe.LIMIT).until(() -> running.status().view().generation() > first);
        running.awaitFresh();

        write("3", "not a record either");
        assertThat(awaitDifference(running).different()).isEqualTo(1);

        running.await(PublisherState.BACKOFF).awaitReason("for the second time within an hour");
        assertThat(running.status().view().needsPerson()).isTrue();
        assertThat(running.publisher().audit()).isEmpty();
        running.stop();

        Running restarted = pipe.start().awaitFresh();
        assertThat(awaitDifference(restarted).different()).isEqualTo(1);
        restarted.await(PublisherState.BACKOFF).awaitReason("drop the replication slot and restart the publisher");
        assertThat(restarted.status().view().needsPerson()).isTrue();
        restarted.stop();

        pipe.onSlot("SELECT pg_drop_replication_slot('" + pipe.properties.slot() + "')");
        Running repaired = pipe.start().awaitFresh();
        assertThat(repaired.count("generations", "reason", "slot-missing")).isEqualTo(1);
        assertThat(repaired.publisher().audit()).hasValueSatisfying(after -> assertThat(after.clean()).isTrue());
    }

    /// Audits until one finds something: what stands behind the publisher's open transaction is not seen before its commit.
    private static Audit awaitDifference(Running running) {
        var found = new AtomicReference<Audit>();
        await().atMost(Pipe.LIMIT).until(() -> {
            Optional<Audit> audit = running.publisher().audit();
            audit.filter(it -> !it.clean()).ifPresent(found::set);
            return found.get() != null;
        });
        return found.get();
    }

    /// As somebody else who may write to the topic, although nobody should.
    private void write(String key, String value) throws Exception {
        Map<String, Object> settings = new HashMap<>(pipe.address());
        settings.put("acks", "all");
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(pipe.properties.topic().name(), key, value)).get();
        }
    }
}
