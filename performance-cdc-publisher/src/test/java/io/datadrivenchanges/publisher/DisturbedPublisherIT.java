package io.datadrivenchanges.publisher;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.datadrivenchanges.publisher.Pipe.Running;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.slf4j.LoggerFactory;

import static io.datadrivenchanges.publisher.Pipe.SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Stops, failures and takeovers at any moment. `-Dengine.stops=…` sets how many random ones there are, `-Dbroker.away.seconds=…`
/// how long the broker is away at least; `mvn verify -Psoak` makes that a hundred, and ten minutes.
class DisturbedPublisherIT {
    private static final int STOPS = Integer.getInteger("engine.stops", 6);
    private static final Duration BROKER_AWAY = Duration.ofSeconds(Integer.getInteger("broker.away.seconds", 0));
    private static final ListAppender<ILoggingEvent> ENGINE_LOG = new ListAppender<>();

    private final Pipe pipe = new Pipe(1);

    @BeforeAll
    static void listen() {
        var logger = (Logger) LoggerFactory.getLogger("io.debezium.connector.postgresql");
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        ENGINE_LOG.list = new CopyOnWriteArrayList<>(); // engines of other classes log meanwhile
        ENGINE_LOG.start();
        logger.addAppender(ENGINE_LOG);
    }

    @AfterEach
    void close() {
        pipe.close();
        assertThat(ENGINE_LOG.list).extracting(ILoggingEvent::getFormattedMessage)
                .contains("Processing messages")
                .noneMatch(message -> message.contains("Searching for WAL resume position"));
    }

    @Test
    void losesNothingWhenItIsStoppedOrCutOffAtAnyMoment() throws Exception {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        try (var _ = new Load(pipe)) {
            Running running = pipe.start();
            for (int stop = 0; stop < STOPS; stop++) {
                if (stop == 1) {
                    // The first one may have hit the snapshot; a busy machine would not get beyond it otherwise.
                    running.awaitFresh();
                }
                await().pollDelay(Duration.ofMillis(random.nextLong(2_500))).until(() -> true);
                if (random.nextBoolean()) {
                    pipe.cutConnections();
                } else {
                    running.stop();
                    running = pipe.start();
                }
            }
            running.await(PublisherState.STREAMING);
        }

        pipe.awaitTable();

        assertEveryVersionArrived("seed " + seed);
    }

    @Test
    void confirmsNothingThatKafkaHasNotAcknowledged() throws Exception {
        // A record may wait for its acknowledgement for a shorter time than the broker will be away.
        var limits = new Limits(SHORT.commitInterval(), SHORT.secondLook(), SHORT.kafkaAnswer(), SHORT.kafkaBlock(),
                Duration.ofSeconds(4),
                SHORT.databaseSilence(), SHORT.leadSilence(), SHORT.streamSilence(), SHORT.verifyInterval(),
                SHORT.longestPause());
        Map<String, Object> impatient = new HashMap<>(pipe.address());
        impatient.put("request.timeout.ms", 3_000);
        try (var _ = new Load(pipe)) {
            Running running = pipe.start(limits, impatient).awaitFresh();

            pipe.kafka().kill();
            running.awaitReason("Kafka").awaitReason("Kafka does not answer");
            await().pollDelay(BROKER_AWAY).atMost(BROKER_AWAY.plus(Pipe.LIMIT)).until(() -> true);
            long confirmed = pipe.confirmed();
            pipe.kafka().restart();

            var topic = new TopicInspection(pipe.address(), pipe.properties.topic(), System::nanoTime,
                    SHORT.kafkaAnswer());
            assertThat(confirmed).isLessThanOrEqualTo(topic.readTail().reaches().orElseThrow());
            running.awaitFresh();
        }
        pipe.awaitTable();
        assertEveryVersionArrived("broker killed");
    }

    @Test
    void survivesARestartOfEitherServer() throws Exception {
        pipe.change(1, 2, 3);
        Running running = pipe.start().awaitFresh();

        pipe.postgres().kill();
        running.await(PublisherState.BACKOFF);
        pipe.postgres().restart();
        pipe.change(1, 2, 3);
        running.awaitFresh();
        pipe.awaitTable();

        pipe.kafka().restart();
        pipe.change(1, 2, 3);
        pipe.awaitTable();
        running.awaitFresh();

        assertEveryVersionArrived("servers restarted");
        assertThat(pipe.values("@generation")).extracting(it -> it.required("generation").longValue())
                .containsOnly(running.status().view().generation());
    }

    @Test
    void waitsForBothServersInEitherOrderAndStopsInTimeWithoutKafka() throws Exception {
        pipe.change(1);
        pipe.postgres().stop();
        pipe.kafka().stop();
        Running running = pipe.start().awaitReason("PostgreSQL does not answer");

        pipe.postgres().restart();
        running.awaitReason("Kafka does not answer");
        assertThat(running.status().view().needsPerson()).isFalse();
        pipe.kafka().restart();
        running.awaitFresh();
        pipe.awaitTable();

        pipe.kafka().kill();
        stopInTime(running);
        pipe.postgres().stop();
        running = pipe.start().awaitReason("PostgreSQL does not answer");
        pipe.kafka().restart();
        pipe.postgres().restart();
        pipe.change(1);
        running.awaitFresh();
        pipe.awaitTable();
    }

    @Test
    void startsAGenerationWhenTheSlotIsGone() throws SQLException {
        pipe.change(1, 2);
        Running running = pipe.start().awaitFresh();
        long before = running.status().view().generation();
        running.stop();
        pipe.onSlot("SELECT pg_drop_replication_slot('" + pipe.properties.slot() + "')");
        pipe.change(2, 3);

        running = pipe.start().awaitFresh();

        assertThat(running.status().view().generation()).isGreaterThan(before);
        assertThat(running.count("generations", "reason", "slot-missing")).isEqualTo(1);
        assertNewestGeneration(3);
        pipe.awaitTable();
    }

    @Test
    void startsAGenerationWhenTheSlotWasAdvanced() throws SQLException {
        pipe.change(1, 2);
        pipe.start().awaitFresh().stop();
        pipe.change(2, 3);
        pipe.onSlot("SELECT pg_replication_slot_advance('" + pipe.properties.slot() + "', pg_current_wal_lsn())");

        Running running = pipe.start().awaitFresh();

        assertThat(running.count("generations", "reason", "slot-ahead")).isEqualTo(1);
        assertNewestGeneration(3);
        pipe.awaitTable();
    }

    @Test
    void startsAGenerationWhenACourierIsDeleted() throws SQLException {
        pipe.change(1, 2, 3);
        Running running = pipe.start().awaitFresh();
        long before = running.status().view().generation();

        pipe.asSuperuser("DELETE FROM courier_performance WHERE courier_id = 2");

        await().atMost(Pipe.LIMIT).until(() -> running.status().view().generation() > before);
        running.awaitFresh();
        assertThat(running.count("generations", "reason", "row-deleted")).isEqualTo(1);
        assertNewestGeneration(2);
    }

    @Test
    void completesAnEmptyGeneration() {
        pipe.start().awaitFresh();

        assertNewestGeneration(0);
    }

    @Test
    void standsByUntilTheLeaderIsGone() throws SQLException {
        pipe.change(1);
        Running first = pipe.start().awaitFresh();
        Running second = pipe.start().await(PublisherState.STANDBY);

        pipe.change(1);
        first.stop();
        second.awaitFresh();
        pipe.change(1);

        pipe.awaitTable();
        assertThat(first.status().view().state()).isEqualTo(PublisherState.STOPPED);
        assertThat(second.count("starts", "reason", "continue")).isEqualTo(1);
        assertEveryVersionArrived("taken over");
    }

    private static void stopInTime(Running running) {
        try (ExecutorService stopper = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> stop = stopper.submit(running::stop);

            await().atMost(Duration.ofSeconds(10)).until(stop::isDone);
            assertThat(running.status().view().state()).isEqualTo(PublisherState.STOPPED);
        }
    }

    private void assertNewestGeneration(long couriers) {
        var newest = pipe.values("@generation").getLast();
        assertThat(newest.required("state").stringValue()).isEqualTo("COMPLETE");
        assertThat(newest.required("couriers").longValue()).isEqualTo(couriers);
    }

    /// Each version that ever was is in the topic, except those before the snapshot.
    private void assertEveryVersionArrived(String occasion) throws SQLException {
        var arrived = pipe.versions();
        pipe.table().forEach((courier, newest) -> {
            List<Long> versions = arrived.getOrDefault(courier, List.of());
            long first = versions.isEmpty() ? 1 : versions.getFirst();
            assertThat(versions).as("courier %d, %s", courier, occasion)
                    .containsAll(LongStream.rangeClosed(first, newest).boxed().toList());
        });
    }

    /// Changes from three connections: single rows, several rows in one transaction, copied rows, transactions that overlap.
    private static final class Load implements AutoCloseable {
        private static final int WRITERS = 3;
        private static final int COURIERS = 20;
        private static final int ROUNDS_PER_COPY = 40;

        private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        private final List<Future<?>> writers = new ArrayList<>();
        private final Pipe pipe;
        private volatile boolean ended;

        Load(Pipe pipe) {
            this.pipe = pipe;
            for (int writer = 0; writer < WRITERS; writer++) {
                long first = (long) writer * COURIERS;
                writers.add(threads.submit(() -> {
                    write(first);
                    return null;
                }));
            }
        }

        private void write(long first) throws SQLException, IOException {
            try (Connection connection = pipe.connection()) {
                for (int round = 0; !ended; round++) {
                    long courier = first + 1 + round % COURIERS;
                    if (round % ROUNDS_PER_COPY == 1) {
                        copy(connection, first + 1 + (long) WRITERS * COURIERS * round);
                    } else if (round % 4 == 0) {
                        Pipe.change(connection, courier, first + 1 + (round + 1) % COURIERS,
                                first + 1 + (round + 2) % COURIERS);
                    } else {
                        Pipe.change(connection, courier);
                    }
                    LockSupport.parkNanos(Duration.ofMillis(8).toNanos());
                }
            }
        }

        private static void copy(Connection connection, long first) throws SQLException, IOException {
            String rows = LongStream.range(first, first + COURIERS).mapToObj(courier -> courier + ",NORMAL,1\n")
                    .collect(Collectors.joining());
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn(
                    "COPY courier_performance (courier_id, performance, version) FROM STDIN (FORMAT csv)",
                    new StringReader(rows));
            connection.commit();
        }

        @Override
        public void close() {
            ended = true;
            await().atMost(Pipe.LIMIT).until(() -> writers.stream().allMatch(Future::isDone));
            threads.shutdown();
            assertThat(writers).allSatisfy(writer -> assertThat(writer.state()).isEqualTo(Future.State.SUCCESS));
        }
    }
}
