package io.datadrivenchanges.publisher;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import io.datadrivenchanges.publisher.Pipe.Running;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// A publisher is frozen while what it has sent is on its way; a second one takes over and publishes what came later; then the
/// network delivers what the first one had sent. What a plain producer does to the topic then is shown by [RemovedDefenceIT].
class ZombieIT {
    /// Nothing wakes this one up before its bytes arrive.
    private static final Limits FROZEN = new Limits(Limits.STANDARD.commitInterval(), Limits.STANDARD.secondLook(),
            Limits.STANDARD.kafkaAnswer(),
            Duration.ofMinutes(2), Limits.STANDARD.kafkaDelivery(), Duration.ofMinutes(2), Pipe.SHORT.leadSilence(),
            Duration.ofMinutes(2), Duration.ofMinutes(2), Pipe.SHORT.longestPause());

    private final Pipe pipe = new Pipe(1);

    @AfterEach
    void close() {
        pipe.kafkaProxy().release();
        pipe.close();
    }

    @Test
    void nothingOfItEntersTheTopicOnceItsSuccessorHasBegun() throws Exception {
        pipe.change(1);
        try (var database = new TcpProxy(pipe.postgres()::port)) {
            Running zombie = pipe.through(database, FROZEN, pipe.heldAddress()).awaitFresh();
            pipe.change(1);
            await().atMost(Pipe.LIMIT).until(() -> versions(pipe.read()).equals(List.of(1L, 2L)));

            pipe.kafkaProxy().hold();
            pipe.change(1);
            await().atMost(Pipe.LIMIT).until(() -> zombie.count("records", "op", "u") == 2
                    && pipe.kafkaProxy().holdsSomething());
            database.hold();

            Running successor = pipe.start().awaitFresh();
            pipe.change(1);
            pipe.awaitTable();
            pipe.kafkaProxy().release();
            await().atMost(Pipe.LIMIT).until(() -> fenced(zombie) == 1);
            database.release();

            zombie.await(PublisherState.STANDBY);
            assertThat(successor.status().view().state()).isEqualTo(PublisherState.STREAMING);
            assertThat(successor.count("starts", "reason", "continue")).isEqualTo(1);
            assertThat(versions(pipe.read())).as("all records").isSorted().endsWith(3L, 4L);
            zombie.stop();
            successor.stop();
        }

        assertThat(versions(pipe.readCommitted())).as("committed records").containsExactly(1L, 2L, 3L, 4L);
        assertThat(pipe.compacted(pipe.properties.topic().name(), "1")).as("what compaction leaves")
                .contains("\"version\":4,");
    }

    private static List<Long> versions(List<ConsumerRecord<String, String>> records) {
        return Objects.requireNonNullElse(Pipe.versions(records).get(1L), List.of());
    }

    private static double fenced(Running publisher) {
        return publisher.registry().get("cdc.publisher.fenced").counter().count();
    }
}
