package io.datadrivenchanges.cache;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What can go wrong between the topic and the cache, one test each, against a real broker. `-Dreader.frozen.seconds=…` sets how
/// long a reader is frozen; `mvn verify -Psoak` makes it a minute.
class PitfallsIT extends CacheOnBroker {
    private static final Duration FROZEN = Duration.ofSeconds(Integer.getInteger("reader.frozen.seconds", 2));
    private static final Duration FROZEN_READERS_FRESHNESS = Duration.ofSeconds(1);

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void readyTooEarlyInHalfASnapshot(int partitions) throws InterruptedException {
        var writer = complete(partitions, 5).heartbeat(5).building(6);
        for (int courier = 1; courier <= 50; courier++) {
            writer.change(6, courier, "HIGH", 8);
        }
        writer.flush();

        var cache = start(partitions, FRESH);
        await().until(() -> cache.status().behind() == 0);
        assertUnknown(cache, 1, Lookup.Reason.STARTING);

        writer.building(7).change(7, 1, "NORMAL", 9).complete(7, share(partitions, 1)).heartbeat(7).flush();
        assertThat(cache.awaitVersion(1, 9, LIMIT)).isTrue();
        assertThat(cache.lookup(2)).isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void readyTooEarlyBehindADeadPublisher(int partitions) throws InterruptedException {
        var writer = complete(partitions, 5).heartbeat(5, Duration.ofMinutes(1));
        writer.flush();

        var cache = start(partitions, Duration.ofSeconds(30));
        await().until(() -> cache.status().state() == CacheState.DEGRADED);
        assertUnknown(cache, 1, Lookup.Reason.STALE);

        writer.heartbeat(5).flush();
        assertThat(cache.awaitVersion(1, 1, LIMIT)).isTrue();
    }

    @Test
    void sharedGroup() throws InterruptedException {
        complete(3, 5).heartbeat(5).flush();

        var first = start(3, FRESH);
        var second = start(3, FRESH);

        for (int courier = 1; courier <= 30; courier++) {
            assertThat(first.awaitVersion(courier, 1, LIMIT)).isTrue();
            assertThat(second.awaitVersion(courier, 1, LIMIT)).isTrue();
        }
    }

    /// The sabotage of the test above: readers that subscribe as members of one group. Each gets a share of the partitions
    /// and can never say that a courier is known, however long it reads.
    @Test
    void sharedGroupOfReadersThatSubscribeKnowsNobody() {
        complete(3, 5).heartbeat(5).flush();
        try (var first = new GroupMember(broker, topic); var second = new GroupMember(broker, topic)) {
            await().until(() -> {
                boolean joined = first.joins();
                return second.joins() && joined;
            });
            first.begin();
            second.begin();
            await().until(() -> {
                boolean read = first.readsToTheEnd();
                return second.readsToTheEnd() && read;
            });

            for (int courier = 1; courier <= 30; courier++) {
                assertThat(first.copy.lookup(courier)).isInstanceOf(Lookup.Unknown.class);
                assertThat(second.copy.lookup(courier)).isInstanceOf(Lookup.Unknown.class);
            }
        }
    }

    @Test
    void partitionsChanged() throws InterruptedException {
        var writer = complete(1, 5).heartbeat(5);
        writer.flush();
        var cache = start(1, FRESH);
        assertThat(cache.awaitVersion(1, 1, LIMIT)).isTrue();

        writer.addPartitions(2);

        awaitDetail(cache, "topic " + topic + " has 2 partitions, performance.cache.partitions says 1");
        assertUnknown(cache, 1, Lookup.Reason.STOPPED);
    }

    @Test
    void cleanupPolicyChanged() throws InterruptedException {
        var writer = complete(1, 5).heartbeat(5);
        writer.flush();
        var cache = start(1, FRESH);
        assertThat(cache.awaitVersion(1, 1, LIMIT)).isTrue();

        writer.alter("cleanup.policy", "delete");
        awaitDetail(cache, "topic " + topic
                + " has cleanup.policy=delete, which loses couriers; it has to be compact");
        assertUnknown(cache, 1, Lookup.Reason.STOPPED);

        writer.alter("cleanup.policy", "compact");
        assertThat(cache.awaitVersion(1, 1, LIMIT)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void ghostKeys(int partitions) throws InterruptedException {
        var writer = complete(partitions, 5).heartbeat(5);
        writer.flush();
        var live = start(partitions, FRESH);
        assertThat(live.awaitVersion(30, 1, LIMIT)).isTrue();

        // Courier 30 was deleted while nobody published.
        writer.building(6);
        long[] couriers = new long[partitions];
        for (int courier = 1; courier < 30; courier++) {
            writer.change(6, courier, "HIGH", 2);
            couriers[courier % partitions]++;
        }
        writer.complete(6, couriers).heartbeat(6).flush();

        var cold = start(partitions, FRESH);
        assertThat(live.awaitVersion(29, 2, LIMIT)).isTrue();
        assertThat(cold.awaitVersion(29, 2, LIMIT)).isTrue();
        assertThat(live.lookup(30)).isInstanceOf(Lookup.Absent.class);
        assertThat(cold.lookup(30)).isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void replayShowsOldVersions(int partitions) throws InterruptedException {
        var writer = complete(partitions, 5).heartbeat(5);
        writer.flush();
        var live = start(partitions, FRESH);
        assertThat(live.awaitVersion(1, 1, LIMIT)).isTrue();
        List<Long> seen = Collections.synchronizedList(new ArrayList<>());
        open.add(live.onApplied((_, _, version, _, _) -> seen.add(version)));

        changes(writer, 2, 6);
        changes(writer, 3, 4);
        var startedMidReplay = start(partitions, FRESH);
        changes(writer, 5, 7);

        assertThat(live.awaitVersion(1, 7, LIMIT)).isTrue();
        assertThat(seen).containsExactly(2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(startedMidReplay.awaitVersion(1, 6, LIMIT)).isTrue();
        assertThat(startedMidReplay.awaitVersion(1, 7, LIMIT)).isTrue();
    }

    private static void changes(TopicWriter writer, int from, int to) {
        for (int version = from; version <= to; version++) {
            writer.change(5, 1, version % 2 == 0 ? "HIGH" : "NORMAL", version);
        }
        writer.flush();
    }

    @Test
    void poisonOfFiveMegabytes() throws InterruptedException {
        var writer = complete(1, 5, Map.of("max.message.bytes", "8388608")).heartbeat(5)
                .send(0, "1", "x".repeat(5 * 1024 * 1024))
                .change(5, 2, "HIGH", 2);
        writer.flush();

        var cache = start(1, FRESH);

        assertThat(cache.awaitVersion(2, 2, LIMIT)).isTrue();
        assertUnknown(cache, 1, Lookup.Reason.POISONED);
        assertThat(cache.status().state()).isEqualTo(CacheState.READY);

        writer.change(5, 1, "HIGH", 2).flush();
        assertThat(cache.awaitVersion(1, 2, LIMIT)).isTrue();
    }

    @Test
    void brokerWiped() throws InterruptedException {
        var writer = complete(1, 5).heartbeat(5);
        writer.flush();
        var cache = start(1, FRESH);
        assertThat(cache.awaitVersion(30, 1, LIMIT)).isTrue();

        broker.wipe();
        await().until(() -> !writer.exists());
        writer.create().building(4).change(4, 1, "NORMAL", 9).complete(4, 1).heartbeat(4).flush();

        assertThat(cache.awaitVersion(1, 9, LIMIT)).isTrue();
        assertThat(cache.lookup(30)).isInstanceOf(Lookup.Absent.class);
        assertThat(cache.counts().rebuilds(Counts.Rebuild.RECREATED).sum()
                + cache.counts().rebuilds(Counts.Rebuild.TRUNCATED).sum()).isEqualTo(1);
    }

    @Test
    void readerFrozen() throws IOException, InterruptedException {
        var writer = complete(1, 5).heartbeat(5);
        writer.flush();
        try (var reader = new FrozenReader(broker, topic, FROZEN_READERS_FRESHNESS)) {
            await().untilAsserted(() -> {
                writer.heartbeat(5).flush();
                assertThat(reader.lookUp(1)).startsWith("Known");
            });

            reader.freezeFor(FROZEN);
            assertThat(reader.lookUp(1)).isEqualTo("Unknown[reason=STALE]");

            await().untilAsserted(() -> {
                writer.heartbeat(5).flush();
                assertThat(reader.lookUp(1)).startsWith("Known");
            });
        }
    }

    /// Couriers 1 to 30 in version 1, in a complete generation.
    private TopicWriter complete(int partitions, long generation) {
        return complete(partitions, generation, Map.of());
    }

    private TopicWriter complete(int partitions, long generation, Map<String, String> settings) {
        var writer = writer(partitions, false);
        writer.create(settings).building(generation);
        long[] couriers = new long[partitions];
        for (int courier = 1; courier <= 30; courier++) {
            writer.change(generation, courier, "NORMAL", 1);
            couriers[courier % partitions]++;
        }
        return writer.complete(generation, couriers);
    }

    /// The number of keys by partition if one courier is all there is.
    private static long[] share(int partitions, int courier) {
        long[] couriers = new long[partitions];
        couriers[courier % partitions] = 1;
        return couriers;
    }

    /// A reader as it must not be: it lets a group decide which partitions it reads.
    private static final class GroupMember implements AutoCloseable {
        private static final Duration POLL = Duration.ofMillis(100);

        private final KafkaConsumer<ByteBuffer, ByteBuffer> consumer;
        private final LocalCopy copy = new LocalCopy(3, FRESH, Duration.ZERO, InstantSource.system(),
                System::nanoTime, new Counts());
        private final PinnedRecordDecoder decoder = new PinnedRecordDecoder();

        private GroupMember(RunningBroker broker, String topic) {
            consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", broker.address(),
                    "group.id", topic, "auto.offset.reset", "earliest", "enable.auto.commit", false),
                    new ByteBufferDeserializer(), new ByteBufferDeserializer());
            consumer.subscribe(List.of(topic));
        }

        /// Until the group has settled whatever is read does not count.
        private boolean joins() {
            consumer.poll(POLL);
            return !consumer.assignment().isEmpty() && consumer.assignment().size() < 3;
        }

        private void begin() {
            consumer.seekToBeginning(consumer.assignment());
        }

        private boolean readsToTheEnd() {
            for (ConsumerRecord<ByteBuffer, ByteBuffer> record : consumer.poll(POLL)) {
                copy.read(record.partition(), record.offset(), decoder.decode(record.key(), record.value()));
            }
            copy.caughtUp();
            return consumer.endOffsets(consumer.assignment()).entrySet().stream()
                    .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    /// A cache in a process of its own, which can be frozen.
    private static final class FrozenReader implements AutoCloseable {
        private final Process process;
        private final BufferedWriter questions;
        private final BufferedReader answers;

        private FrozenReader(RunningBroker broker, String topic, Duration maxStaleness) throws IOException {
            process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-cp",
                    System.getProperty("java.class.path"), LookupProcess.class.getName(),
                    broker.address(), topic, maxStaleness.toString())
                    .redirectError(new File("target/frozen-reader.log")).start();
            questions = process.outputWriter(StandardCharsets.UTF_8);
            answers = process.inputReader(StandardCharsets.UTF_8);
        }

        /// The answer, whatever the process logs beside it.
        private String lookUp(long courierId) throws IOException {
            questions.write(courierId + "\n");
            questions.flush();
            return answer();
        }

        private String answer() throws IOException {
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith("Known") || line.startsWith("Unknown") || line.startsWith("Absent")) {
                    return line;
                }
            }
            throw new AssertionError("the reading process has ended");
        }

        private void freezeFor(Duration time) throws IOException, InterruptedException {
            signal("STOP");
            assertThat(process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
            signal("CONT");
        }

        private void signal(String name) throws IOException, InterruptedException {
            var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
            assertThat(kill.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
