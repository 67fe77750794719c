package io.datadrivenchanges.publisher;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import io.datadrivenchanges.publisher.Pipe.Running;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static io.datadrivenchanges.publisher.Pipe.SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// What is known to go wrong with change data capture, one row each; those about engine stops, brokers and takeovers are in
/// [DisturbedPublisherIT], those about acknowledgements in [ChangeHandlerTest]. `mvn verify -Psoak` runs the big ones in full size.
class PitfallsIT {
    private static final int SNAPSHOT_ROWS = Integer.getInteger("snapshot.rows", 20_000);
    private static final int TRANSACTION_ROWS = Integer.getInteger("transaction.rows", 20_000);
    private static final int OTHER_LOG_MEGABYTES = Integer.getInteger("other.log.megabytes", 40);
    /// For a million rows on a busy machine.
    private static final Duration BIG_LIMIT = Duration.ofMinutes(10);

    private final Pipe pipe = new Pipe(1);

    @AfterEach
    void close() {
        pipe.close();
    }

    @Test
    void slotInvalidatedByTheLimitOnKeptLog() throws Exception {
        pipe.change(1, 2);
        pipe.start().awaitFresh().stop();
        pipe.change(2, 3);
        // The server keeps 512 MB for a slot; each switch ends a segment of 16 MB.
        pipe.asSuperuser("""
                DO $$ BEGIN
                    FOR segment IN 1..40 LOOP
                        PERFORM pg_logical_emit_message(false, 'filler', 'x');
                        PERFORM pg_switch_wal();
                    END LOOP;
                END $$""");
        pipe.asSuperuser("CHECKPOINT");

        Running running = pipe.start().awaitFresh();

        assertThat(running.count("generations", "reason", "slot-invalidated")).isEqualTo(1);
        pipe.awaitTable();
    }

    @Test
    void slotRecreatedBySomebodyElse() throws Exception {
        pipe.change(1, 2);
        pipe.start().awaitFresh().stop();
        pipe.onSlot("SELECT pg_drop_replication_slot('" + pipe.properties.slot() + "')");
        pipe.change(2, 3);
        pipe.onSlot("SELECT pg_create_logical_replication_slot('" + pipe.properties.slot() + "', 'pgoutput')");

        Running running = pipe.start().awaitFresh();

        assertThat(running.count("generations", "reason", "slot-ahead")).isEqualTo(1);
        pipe.awaitTable();
    }

    @Test
    void snapshotOverlapsWrites() throws Exception {
        long[] couriers = LongStream.rangeClosed(1, 1_000).toArray();
        pipe.change(couriers);
        try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
            Running running = pipe.start();
            Future<?> writes = writer.submit(() -> {
                for (int round = 0; round < 2; round++) {
                    for (int from = 0; from < couriers.length; from += 100) {
                        pipe.change(LongStream.of(couriers).skip(from).limit(100).toArray());
                    }
                }
                return null;
            });
            await().atMost(Pipe.LIMIT).until(writes::isDone);
            writes.get();
            running.awaitFresh();
        }

        pipe.awaitTable();
    }

    @Test
    void snapshotBrokenOffInTheMiddle() throws Exception {
        createCouriers(SNAPSHOT_ROWS);
        Running brokenOff = pipe.start(SHORT, pipe.heldAddress());
        await().atMost(BIG_LIMIT).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10))
                .until(() -> brokenOff.count("records", "op", "r") > SNAPSHOT_ROWS / 4.0);
        pipe.kafkaProxy().hold();
        try {
            brokenOff.await(PublisherState.BACKOFF).stop();
        } finally {
            pipe.kafkaProxy().release();
        }

        Running running = pipe.start();
        awaitRecords(running, "r", SNAPSHOT_ROWS);
        running.awaitFresh();

        assertThat(running.count("generations", "reason", "incomplete")).isEqualTo(1);
        assertClean(running, SNAPSHOT_ROWS);
    }

    @Test
    void ghostKeysOfCouriersDeletedWhileThePublisherWasDown() throws SQLException {
        pipe.change(1, 2, 3);
        pipe.start().awaitFresh().stop();
        pipe.asSuperuser("DELETE FROM courier_performance WHERE courier_id = 2");

        Running running = pipe.start();

        await().atMost(Pipe.LIMIT).until(() -> running.count("generations", "reason", "row-deleted") == 1);
        running.awaitFresh();
        pipe.awaitTable();
    }

    @Test
    void topicRecreatedWhileThePublisherWasDown() throws Exception {
        pipe.change(1, 2);
        Running first = pipe.start().awaitFresh();
        first.stop();
        try (Admin admin = Admin.create(pipe.address())) {
            admin.deleteTopics(List.of(pipe.properties.topic().name())).all().get();
        }

        Running running = pipe.start().awaitFresh();

        assertThat(running.count("generations", "reason", "no-marker")).isEqualTo(1);
        assertThat(running.status().view().generation()).isGreaterThan(first.status().view().generation());
        pipe.awaitTable();
    }

    @Test
    void topicRecreatedWhileThePublisherRuns() throws Exception {
        var watchful = new Limits(SHORT.commitInterval(), SHORT.secondLook(), SHORT.kafkaAnswer(), SHORT.kafkaBlock(),
                SHORT.kafkaDelivery(),
                SHORT.databaseSilence(), SHORT.leadSilence(), SHORT.streamSilence(), Duration.ofSeconds(1),
                SHORT.longestPause());
        pipe.change(1, 2);
        Running running = pipe.start(watchful).awaitFresh();
        long before = running.status().view().generation();
        String topic = pipe.properties.topic().name();
        try (Admin admin = Admin.create(pipe.address())) {
            admin.deleteTopics(List.of(topic)).all().get();
            await().atMost(Pipe.LIMIT).until(() -> !admin.listTopics().names().get().contains(topic)
                    || running.status().view().generation() > before);
        }
        pipe.change(2, 3);

        await().atMost(Pipe.LIMIT).until(() -> running.status().view().generation() > before);
        running.awaitFresh();

        assertThat(running.count("generations", "reason", "no-marker")).isEqualTo(2);
        pipe.awaitTable();
    }

    /// With the topic the broker has lost what it knew of the publisher's transactions.
    @Test
    void brokerWipedWhileThePublisherRuns() throws SQLException {
        pipe.change(1, 2);
        Running running = pipe.start().awaitFresh();
        long before = running.status().view().generation();

        pipe.wipeKafka();
        pipe.change(2, 3);

        await().atMost(Pipe.LIMIT).until(() -> running.status().view().generation() > before);
        running.awaitFresh();
        assertThat(running.count("generations", "reason", "no-marker")).isEqualTo(2);
        pipe.awaitTable();
    }

    @Test
    void topicLostItsRecords() throws Exception {
        pipe.change(1, 2);
        pipe.start().awaitFresh().stop();
        loseRecords();

        Running running = pipe.start().awaitFresh();

        assertThat(running.count("generations", "reason", "no-marker")).isEqualTo(1);
        pipe.awaitTable();
    }

    /// Nothing tells the publisher; what the caches miss is what the audit misses.
    @Test
    void topicLosesItsRecordsWhileThePublisherRuns() throws Exception {
        pipe.change(1, 2);
        Running running = pipe.start().awaitFresh();

        loseRecords();

        await().atMost(Pipe.LIMIT).until(() -> running.publisher().audit()
                .filter(audit -> audit.missing() == 2 && audit.ahead() + audit.different() == 0).isPresent());
        await().atMost(Pipe.LIMIT).until(() -> running.count("generations", "reason", "audit") == 1);
        running.awaitFresh();
        pipe.awaitTable();
    }

    @Test
    void partitionsOrPolicyChangedNeedAPerson() throws Exception {
        pipe.start().awaitFresh().stop();
        var topic = pipe.properties.topic().name();
        pipe.alter(Pipe.resource(topic), Map.of("cleanup.policy", "delete"));

        Running running = pipe.start().awaitReason("cleanup.policy=delete instead of compact");
        assertThat(running.status().view().needsPerson()).isTrue();

        pipe.alter(Pipe.resource(topic), Map.of("cleanup.policy", "compact"));
        try (Admin admin = Admin.create(pipe.address())) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get();
        }
        running.awaitReason("has 2 partitions instead of 1");
        assertThat(running.status().view().needsPerson()).isTrue();
    }

    @Test
    void logOfOtherTablesIsNotHeldBack() throws SQLException {
        Running running = pipe.start().awaitFresh();
        pipe.asSuperuser("CREATE TABLE other (content text)");
        try {
            for (int megabyte = 0; megabyte < OTHER_LOG_MEGABYTES; megabyte++) {
                pipe.asSuperuser("INSERT INTO other SELECT repeat('x', 1000) FROM generate_series(1, 1000)");
            }
            long written = pipe.written();

            await().atMost(Pipe.LIMIT).until(() -> {
                // The server lets go of the log up to such a record, which it writes by itself every 15 s.
                pipe.asSuperuser("SELECT pg_log_standby_snapshot()");
                return pipe.kept() >= written;
            });
            assertThat(running.awaitFresh().count("starts", "reason", "continue")).isZero();
            assertThat(running.count("generations", "reason", "slot-invalidated")).isZero();
        } finally {
            pipe.asSuperuser("DROP TABLE other");
        }
    }

    @Test
    void halfOpenConnectionToTheDatabase() throws Exception {
        pipe.change(1);
        try (var proxy = new TcpProxy(pipe.postgres()::port)) {
            Running running = pipe.through(proxy).awaitFresh();

            proxy.hold();
            running.await(PublisherState.BACKOFF);
            pipe.change(1, 2);
            proxy.release();

            running.awaitFresh();
            pipe.awaitTable();
            running.stop();
        }
    }

    /// The server has stopped sending, the connection is there, and everything else answers.
    @Test
    void silentConnectionToTheDatabase() throws Exception {
        var limits = new Limits(SHORT.commitInterval(), SHORT.secondLook(), SHORT.kafkaAnswer(), SHORT.kafkaBlock(),
                SHORT.kafkaDelivery(),
                SHORT.databaseSilence(), SHORT.leadSilence(), Duration.ofSeconds(3), SHORT.verifyInterval(),
                SHORT.longestPause());
        pipe.change(1);
        Running running = pipe.start(limits).awaitFresh();
        long sender = pipe.sender();

        signal("STOP", sender);
        try {
            pipe.change(1);
            await().atMost(Pipe.LIMIT).until(() -> running.status().view().state() != PublisherState.STREAMING);
        } finally {
            signal("CONT", sender);
        }

        running.awaitFresh();
        assertThat(running.count("starts", "reason", "continue")).isEqualTo(1);
        pipe.awaitTable();
    }

    @Test
    void frozenLeaderIsReplacedAndStandsByAfterwards() throws Exception {
        pipe.change(1);
        try (var proxy = new TcpProxy(pipe.postgres()::port)) {
            Running frozen = pipe.through(proxy).awaitFresh();
            proxy.hold();
            pipe.change(1);

            Running successor = pipe.start().awaitFresh();
            pipe.change(1, 2);
            pipe.awaitTable();
            proxy.release();

            frozen.await(PublisherState.STANDBY);
            assertThat(successor.status().view().state()).isEqualTo(PublisherState.STREAMING);
            assertThat(successor.count("starts", "reason", "continue")).isEqualTo(1);
            assertThat(pipe.versions().get(1L)).isSorted().doesNotHaveDuplicates();
            frozen.stop();
        }
    }

    /// A million rows held back anywhere would need more than the heap that the tests have.
    @Test
    void bigTransaction() throws Exception {
        createCouriers(TRANSACTION_ROWS);
        Running running = pipe.start();
        awaitRecords(running, "r", TRANSACTION_ROWS);
        long commits = commits(running.awaitFresh());

        pipe.asSuperuser("UPDATE courier_performance SET version = 2, performance = 'HIGH'");

        awaitRecords(running, "u", TRANSACTION_ROWS);
        assertThat(commits(running) - commits).as("it is committed in parts")
                .isGreaterThanOrEqualTo(TRANSACTION_ROWS / ChangeHandler.MAX_UNCOMMITTED);
        assertClean(running, TRANSACTION_ROWS);
        assertThat(running.count("starts", "reason", "continue")).isZero();
    }

    private void createCouriers(int rows) {
        pipe.asSuperuser("INSERT INTO courier_performance (courier_id, performance, version)"
                + " SELECT n, 'NORMAL', 1 FROM generate_series(1, " + rows + ") AS n");
    }

    private static void awaitRecords(Running running, String operation, int rows) {
        await().atMost(BIG_LIMIT).until(() -> running.count("records", "op", operation) == rows);
    }

    /// By an audit, as a map of what is in the topic would be too large.
    private static void assertClean(Running running, int couriers) throws Exception {
        assertThat(running.publisher().audit()).hasValueSatisfying(audit -> {
            assertThat(audit.clean()).isTrue();
            assertThat(audit.couriers()).isEqualTo(couriers);
        });
    }

    private static long commits(Running running) {
        return running.registry().get("cdc.publisher.commit").timer().count();
    }

    @Test
    void columnAddedAndDroppedUnderLoad() throws Exception {
        pipe.change(1, 2);
        Running running = pipe.start().awaitFresh();
        try (Connection connection = pipe.connection()) {
            pipe.asSuperuser("ALTER TABLE courier_performance ADD COLUMN note text");
            Pipe.change(connection, 1);
            pipe.asSuperuser("ALTER TABLE courier_performance DROP COLUMN note");
            Pipe.change(connection, 2);
        }

        pipe.awaitTable();
        assertThat(running.awaitFresh().count("starts", "reason", "continue")).isZero();
        assertThat(pipe.versions()).isEqualTo(Map.of(1L, List.of(1L, 2L), 2L, List.of(1L, 2L)));
    }

    private void loseRecords() throws Exception {
        var partition = new TopicPartition(pipe.properties.topic().name(), 0);
        pipe.alter(Pipe.resource(partition.topic()), Map.of("cleanup.policy", "compact,delete"));
        try (Admin admin = Admin.create(pipe.address())) {
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1))).all().get();
        }
        pipe.alter(Pipe.resource(partition.topic()), Map.of("cleanup.policy", "compact"));
    }

    private static void signal(String name, long process) throws Exception {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process)).inheritIO().start();
        assertThat(kill.waitFor(Pipe.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
}
