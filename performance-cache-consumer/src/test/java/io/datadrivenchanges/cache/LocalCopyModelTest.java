package io.datadrivenchanges.cache;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Random tables, generations, replays and damage, against a reference that keeps the whole table history.
///
/// After each record: no version falls while a generation answers; whatever is known is a row the table once had and not
/// older than the bound. At rest the copy equals the table. The counts add up.
class LocalCopyModelTest {
    private static final List<PerformanceLevel> LEVELS = List.of(PerformanceLevel.values());
    private static final int SEEDS = 300;
    private static final int STEPS = 400;
    private static final int COURIERS = 12;
    private static final int PARTITIONS = 3;
    private static final Duration TICK = Duration.ofMillis(37);

    static List<Long> seeds() {
        return new Random(20261124).longs(SEEDS).boxed().toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void saysOnlyWhatTheTableSaid(long seed) {
        var world = new World(seed);

        for (int step = 0; step < STEPS; step++) {
            world.step();
            world.check();
        }
        world.settle();

        world.checkAtRest();
    }

    private record Row(long version, PerformanceLevel level, long committedMicros) {}

    /// A table, a publisher that snapshots, streams, replays and dies, and the copy behind a log per partition.
    private static final class World {
        private final Random random;
        private final Topic topic = new Topic(PARTITIONS, Duration.ZERO);
        private final Map<Long, List<Row>> table = new HashMap<>();
        private final List<Deque<TopicRecord>> log = new ArrayList<>();
        private final List<TopicRecord.Change> published = new ArrayList<>();
        private final Map<Long, Long> seen = new HashMap<>();
        private Set<Long> snapshot = Set.of();
        private long generation = 1;
        private long seenGeneration;
        private boolean caughtUp;
        private long records;

        private World(long seed) {
            random = new Random(seed);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                log.add(new ArrayDeque<>());
            }
            newGeneration();
        }

        private void step() {
            switch (random.nextInt(20)) {
                case 0 -> newGeneration();
                case 1, 2 -> complete();
                case 3, 4 -> replay();
                case 5 -> damage();
                case 6, 7, 8 -> heartbeat();
                case 9, 10, 11, 12 -> change();
                case 13 -> catchUp();
                default -> deliver();
            }
            topic.pass(TICK);
        }

        private void change() {
            long courier = 1L + random.nextInt(COURIERS);
            List<Row> rows = table.computeIfAbsent(courier, _ -> new ArrayList<>());
            rows.add(new Row(rows.size() + 1, level(), topic.nowMicros()));
            publish(courier, rows.getLast(), rows.getLast().committedMicros());
        }

        private PerformanceLevel level() {
            return LEVELS.get(random.nextInt(LEVELS.size()));
        }

        private void publish(long courier, Row row, long committedMicros) {
            var change = new TopicRecord.Change(generation, courier, row.level(), row.version(), committedMicros);
            published.add(change);
            append(partition(courier), change);
        }

        /// The snapshot is taken at once, its marker comes later; a publisher that dies before begins again, higher.
        private void newGeneration() {
            generation += 1 + random.nextInt(3);
            published.clear();
            broadcast(new TopicRecord.Marker(generation, false, 0));
            table.forEach((courier, rows) -> publish(courier, rows.getLast(), TopicRecord.NO_COMMIT_TIME));
            snapshot = Set.copyOf(table.keySet());
        }

        private void complete() {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                int here = partition;
                append(partition, new TopicRecord.Marker(generation, true,
                        snapshot.stream().filter(courier -> partition(courier) == here).count()));
            }
        }

        /// A leader that starts again sends the last of its own records once more, in order.
        private void replay() {
            int from = Math.max(0, published.size() - random.nextInt(10));
            published.subList(from, published.size())
                    .forEach(change -> append(partition(change.courierId()), change));
        }

        private void heartbeat() {
            broadcast(new TopicRecord.Heartbeat(generation, topic.nowMicros()));
        }

        private void damage() {
            long courier = 1L + random.nextInt(COURIERS);
            long named = random.nextBoolean() ? generation : TopicRecord.UNREADABLE;
            if (table.containsKey(courier) && random.nextInt(4) == 0) {
                append(partition(courier), new TopicRecord.MalformedChange(courier, named, 0, "damaged by the test"));
            }
        }

        private void broadcast(TopicRecord record) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                append(partition, record);
            }
        }

        private void append(int partition, TopicRecord record) {
            log.get(partition).add(record);
        }

        private void deliver() {
            int partition = random.nextInt(PARTITIONS);
            for (int i = random.nextInt(8); i > 0 && !log.get(partition).isEmpty(); i--) {
                deliver(partition);
            }
        }

        private void deliver(int partition) {
            topic.read(partition, log.get(partition).remove());
            records++;
        }

        private void catchUp() {
            if (!caughtUp && records > 50) {
                caughtUp = true;
                topic.caughtUp();
            }
        }

        private void settle() {
            newGeneration();
            complete();
            heartbeat();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                while (!log.get(partition).isEmpty()) {
                    deliver(partition);
                }
            }
            topic.caughtUp();
        }

        private void check() {
            CacheStatus status = topic.copy.status(0, "");
            if (status.generation() != seenGeneration) {
                seenGeneration = status.generation();
                seen.clear();
            }
            for (long courier = 1; courier <= COURIERS; courier++) {
                switch (topic.copy.lookup(courier)) {
                    case Lookup.Known known -> checkKnown(courier, known);
                    case Lookup.Absent absent -> assertThat(newestCommittedBefore(courier, absent.staleness()))
                            .as("courier %d is absent", courier).isZero();
                    case Lookup.Unknown _ -> {
                        // Always true.
                    }
                }
            }
            checkCounts();
        }

        private void checkKnown(long courier, Lookup.Known known) {
            Row row = table.getOrDefault(courier, List.of()).get((int) known.version() - 1);
            assertThat(known.level()).isEqualTo(row.level());
            assertThat(known.version()).as("courier %d within generation %d", courier, seenGeneration)
                    .isGreaterThanOrEqualTo(seen.getOrDefault(courier, 0L))
                    .isGreaterThanOrEqualTo(newestCommittedBefore(courier, known.staleness()));
            seen.put(courier, known.version());
        }

        private long newestCommittedBefore(long courier, Duration bound) {
            long horizon = topic.nowMicros() - bound.toNanos() / 1000;
            return table.getOrDefault(courier, List.of()).stream().filter(row -> row.committedMicros() < horizon)
                    .mapToLong(Row::version).max().orElse(0);
        }

        private void checkAtRest() {
            for (long courier = 1; courier <= COURIERS; courier++) {
                List<Row> rows = table.get(courier);
                Lookup found = topic.copy.lookup(courier);
                if (rows == null) {
                    assertThat(found).isInstanceOf(Lookup.Absent.class);
                } else {
                    assertThat(found).isEqualTo(new Lookup.Known(rows.getLast().level(), rows.size(), null,
                            Duration.ZERO));
                }
            }
            checkCounts();
        }

        private void checkCounts() {
            Counts counts = topic.counts;
            long ignored = Arrays.stream(Counts.Ignored.values()).mapToLong(why -> counts.ignored(why).sum()).sum();
            assertThat(counts.read().sum()).isEqualTo(records).isEqualTo(
                    counts.applied().sum() + ignored + counts.poisoned().sum() + counts.control().sum());
        }

        private static int partition(long courier) {
            return (int) (courier % PARTITIONS);
        }
    }
}
