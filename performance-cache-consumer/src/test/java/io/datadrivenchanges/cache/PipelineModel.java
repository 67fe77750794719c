package io.datadrivenchanges.cache;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import org.jspecify.annotations.Nullable;

/// The whole pipeline in one thread and with one random source: a table with its log of commits, a publisher that
/// snapshots, streams, crashes, replays and leaves a zombie behind, a topic that is compacted, and caches that start at any
/// moment. The caches are the real [LocalCopy]; everything else is modelled.
///
/// After each step, in every cache: no version falls while a generation answers; whatever is answered is a state that the
/// table had within the bound. At rest every cache equals the table. The counts add up, and the verdicts on sampled reads
/// are the true ones. A violation is an [AssertionError] that names the seed.
final class PipelineModel {
    private static final List<PerformanceLevel> LEVELS = List.of(PerformanceLevel.values());
    private static final int COURIERS = 12;
    private static final int MAX_CACHES = 3;
    private static final Duration MAX_STALENESS = Duration.ofSeconds(3);
    /// Above the staleness that is accepted, as in the real topic.
    private static final Duration COMPACTION_LAG = Duration.ofSeconds(4);
    private static final Duration TICK = Duration.ofMillis(17);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final long seed;
    private final Random random;
    private final int partitions;
    private final Faults faults;

    private long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, START);
    private final Map<Long, List<State>> table = new HashMap<>();
    private final List<Commit> commits = new ArrayList<>();
    private final List<Partition> topic = new ArrayList<>();
    private final List<Cache> caches = new ArrayList<>();
    private Publisher publisher;
    private final Deque<Runnable> heldByZombie = new ArrayDeque<>();
    private long generation;

    /// What happens besides the ordinary.
    ///
    /// @param damage whether others write records that cannot be read
    /// @param deletions whether rows are deleted behind the application's back
    /// @param unfencedZombie whether the broker accepts what a publisher had sent before its successor began
    record Faults(boolean damage, boolean deletions, boolean unfencedZombie) {}

    PipelineModel(long seed, int partitions, Faults faults) {
        this.seed = seed;
        this.partitions = partitions;
        this.faults = faults;
        random = new Random(seed);
        for (int partition = 0; partition < partitions; partition++) {
            topic.add(new Partition());
        }
        publisher = newGeneration();
        caches.add(new Cache());
    }

    /// Lets the pipeline run, then lets it come to rest; checks throughout.
    void run(int steps) {
        for (int step = 0; step < steps; step++) {
            step();
            caches.forEach(Cache::check);
            nowMicros += micros(TICK);
        }
        settle();
    }

    private void step() {
        switch (random.nextInt(24)) {
            case 0 -> publisher = newGeneration();
            case 1 -> crash();
            case 2 -> damage();
            case 3 -> delete();
            case 4 -> topic.forEach(Partition::compact);
            case 5 -> startCache();
            case 6 -> publisher.mark();
            case 7 -> publisher.repeatMarker();
            case 8, 9, 10 -> commits.add(new Beat(nowMicros));
            case 11, 12, 13, 14 -> change();
            case 15, 16, 17, 18 -> publisher.publish(random.nextInt(6));
            default -> caches.get(random.nextInt(caches.size())).read(random.nextInt(40));
        }
    }

    /// Faults are over: everything is published, compacted and read, also by a cache that starts last. After damage it takes
    /// a new generation to know every courier again.
    private void settle() {
        while (!heldByZombie.isEmpty()) {
            heldByZombie.remove().run();
        }
        publisher.publish(Integer.MAX_VALUE);
        if (faults.damage()) {
            publisher = newGeneration();
        }
        nowMicros += micros(COMPACTION_LAG);
        commits.add(new Beat(nowMicros));
        publisher.publish(Integer.MAX_VALUE);
        caches.forEach(cache -> cache.read(Integer.MAX_VALUE));
        nowMicros += micros(COMPACTION_LAG);
        topic.forEach(Partition::compact);
        commits.add(new Beat(nowMicros));
        publisher.publish(Integer.MAX_VALUE);
        caches.add(new Cache());
        for (Cache cache : caches) {
            cache.read(Integer.MAX_VALUE);
            cache.check();
            cache.checkAtRest();
        }
    }

    private void change() {
        long courier = anyCourier();
        List<State> states = table.computeIfAbsent(courier, _ -> new ArrayList<>());
        long version = states.isEmpty() ? 1 : states.getLast().version() + 1;
        states.add(new State(version, LEVELS.get(random.nextInt(LEVELS.size())), nowMicros));
        commits.add(new Change(courier, states.getLast()));
    }

    private void delete() {
        long courier = anyCourier();
        if (faults.deletions() && random.nextInt(4) == 0 && isThere(courier)) {
            states(courier).add(new State(State.DELETED, PerformanceLevel.NORMAL, nowMicros));
            commits.add(new Deletion());
        }
    }

    /// The leader dies. Its last sends may still be on their way, which only the fence keeps out of the topic.
    private void crash() {
        if (faults.unfencedZombie() && publisher.complete && !publisher.lastSent.isEmpty()) {
            heldByZombie.addAll(publisher.lastSent);
        }
        if (publisher.complete) {
            publisher.next = publisher.confirmed;
            publisher.lastSent.clear();
        } else {
            publisher = newGeneration();
        }
    }

    private void damage() {
        if (!faults.damage()) {
            return;
        }
        long courier = anyCourier();
        long named = random.nextBoolean() ? generation : TopicRecord.UNREADABLE;
        partition(courier).append(courier, new TopicRecord.MalformedChange(courier, named, 0, "damaged by the model"));
    }

    private void startCache() {
        if (caches.size() == MAX_CACHES) {
            caches.remove(random.nextInt(MAX_CACHES)).checkCounts();
        }
        caches.add(new Cache());
    }

    private Publisher newGeneration() {
        generation += 1 + random.nextInt(3);
        return new Publisher(generation);
    }

    private long anyCourier() {
        return 1L + random.nextInt(COURIERS);
    }

    private List<State> states(long courier) {
        return table.getOrDefault(courier, List.of());
    }

    private boolean isThere(long courier) {
        return !states(courier).isEmpty() && states(courier).getLast().isThere();
    }

    private Partition partition(long courier) {
        return topic.get((int) (courier % partitions));
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1000;
    }

    @FormatMethod
    private void require(boolean holds, @FormatString String what, Object... arguments) {
        if (!holds) {
            throw new AssertionError("seed " + seed + ": " + what.formatted(arguments));
        }
    }

    /// A row at one time.
    private record State(long version, PerformanceLevel level, long committedMicros) {
        private static final long DELETED = 0;

        private boolean isThere() {
            return version != DELETED;
        }
    }

    /// What the database writes down, in the order of commits.
    private sealed interface Commit {}

    private record Change(long courierId, State state) implements Commit {}

    private record Beat(long committedMicros) implements Commit {}

    private record Deletion() implements Commit {}

    /// One publisher from the beginning of its generation on.
    private final class Publisher {
        private final long generation;
        private final Deque<Change> snapshot = new ArrayDeque<>();
        private final long[] couriers = new long[partitions];
        /// The appends since the position was confirmed.
        private final List<Runnable> lastSent = new ArrayList<>();
        private boolean complete;
        private int next = commits.size();
        private int confirmed = next;

        private Publisher(long generation) {
            this.generation = generation;
            broadcast("@generation", new TopicRecord.Marker(generation, false, 0));
            for (Map.Entry<Long, List<State>> row : new TreeMap<>(table).entrySet()) {
                if (isThere(row.getKey())) {
                    snapshot.add(new Change(row.getKey(), row.getValue().getLast()));
                    couriers[(int) (row.getKey() % partitions)]++;
                }
            }
        }

        private void publish(int most) {
            for (int i = 0; i < most; i++) {
                if (!snapshot.isEmpty()) {
                    Change row = snapshot.remove();
                    send(row, TopicRecord.NO_COMMIT_TIME);
                } else if (next == commits.size()) {
                    return;
                } else if (publishNextCommit()) {
                    return;
                }
            }
        }

        /// The first commit behind the snapshot proves that it is complete. A deletion takes a new generation.
        private boolean publishNextCommit() {
            if (!complete) {
                complete = true;
                repeatMarker();
            }
            switch (commits.get(next++)) {
                case Change change -> send(change, change.state().committedMicros());
                case Beat(long micros) -> broadcast("@heartbeat", new TopicRecord.Heartbeat(generation, micros));
                case Deletion _ -> {
                    publisher = newGeneration();
                    publisher.publish(1);
                    return true;
                }
            }
            return false;
        }

        private void send(Change change, long committedMicros) {
            State state = change.state();
            var record = new TopicRecord.Change(generation, change.courierId(), state.level(), state.version(),
                    committedMicros);
            partition(change.courierId()).append(change.courierId(), record);
            lastSent.add(() -> partition(change.courierId()).append(change.courierId(), record));
        }

        private void repeatMarker() {
            if (complete) {
                for (int partition = 0; partition < partitions; partition++) {
                    topic.get(partition).append("@generation",
                            new TopicRecord.Marker(generation, true, couriers[partition]));
                }
            }
        }

        private void broadcast(String key, TopicRecord record) {
            topic.forEach(partition -> partition.append(key, record));
        }

        private void mark() {
            if (complete) {
                confirmed = next;
                lastSent.clear();
            }
        }
    }

    private record Stored(long offset, Object key, TopicRecord record, long appendedMicros) {}

    /// One partition of a compacted topic.
    private final class Partition {
        private List<Stored> log = new ArrayList<>();
        private long end;

        private void append(Object key, TopicRecord record) {
            log.add(new Stored(end++, key, record, nowMicros));
        }

        /// Of each key only the last record stays, among those that are older than the lag.
        private void compact() {
            Set<Object> seen = new HashSet<>();
            List<Stored> kept = new ArrayList<>();
            for (Stored stored : log.reversed()) {
                boolean young = nowMicros - stored.appendedMicros() < micros(COMPACTION_LAG);
                if (young || seen.add(stored.key())) {
                    kept.add(stored);
                }
            }
            log = new ArrayList<>(kept.reversed());
        }
    }

    /// A cache that reads from the beginning, and what it has answered so far.
    private final class Cache {
        private final Counts counts = new Counts();
        private final LocalCopy copy = new LocalCopy(partitions, MAX_STALENESS, Duration.ZERO,
                () -> Instant.EPOCH.plus(nowMicros, ChronoUnit.MICROS), () -> nowMicros * 1000, counts);
        private final long[] positions = new long[partitions];
        private final long[] ends = topic.stream().mapToLong(partition -> partition.end).toArray();
        private final Map<Long, Long> seen = new HashMap<>();
        /// The newest generation whose completion was read, by partition, and the newest heartbeat with its generation.
        private final long[] complete = new long[partitions];
        private final TopicRecord.@Nullable Heartbeat[] beats = new TopicRecord.Heartbeat[partitions];
        private long seenGeneration;
        private boolean caughtUp;
        private long records;
        private long sampledFresh;
        private long sampledStale;

        private void read(int most) {
            int left = most;
            for (int partition = 0; partition < partitions; partition++) {
                for (Stored stored : topic.get(partition).log) {
                    if (stored.offset() >= positions[partition] && left-- > 0) {
                        copy.read(partition, stored.offset(), stored.record());
                        note(partition, stored.record());
                        positions[partition] = stored.offset() + 1;
                        records++;
                    }
                }
                if (left > 0) {
                    positions[partition] = topic.get(partition).end;
                }
            }
            if (!caughtUp && isAtEnd()) {
                caughtUp = true;
                copy.caughtUp();
            }
        }

        private void note(int partition, TopicRecord record) {
            switch (record) {
                case TopicRecord.Marker marker when marker.complete() ->
                    complete[partition] = Math.max(complete[partition], marker.generation());
                case TopicRecord.Heartbeat beat -> {
                    TopicRecord.Heartbeat best = beats[partition];
                    if (best == null || beat.generation() > best.generation()
                            || beat.committedMicros() > best.committedMicros()) {
                        beats[partition] = beat;
                    }
                }
                default -> {
                    // Makes nothing ready.
                }
            }
        }

        /// Whoever answers has read to the end that was there at its start, a complete generation, and fresh heartbeats.
        private void checkReadiness() {
            for (int partition = 0; partition < partitions; partition++) {
                require(positions[partition] >= ends[partition], "ready before the end of the start");
                require(complete[partition] >= seenGeneration, "ready without the marker");
                TopicRecord.Heartbeat beat = beats[partition];
                require(beat != null && (beat.generation() > seenGeneration
                        || nowMicros - beat.committedMicros() <= micros(MAX_STALENESS)), "ready without a heartbeat");
            }
        }

        private boolean isAtEnd() {
            for (int partition = 0; partition < partitions; partition++) {
                if (positions[partition] < ends[partition]) {
                    return false;
                }
            }
            return true;
        }

        private void check() {
            CacheStatus status = copy.status(0, "");
            if (status.generation() != seenGeneration) {
                seenGeneration = status.generation();
                seen.clear();
            }
            if (copy.state() == CacheState.READY) {
                checkReadiness();
            }
            int first = random.nextInt(COURIERS);
            for (int i = 0; i < COURIERS; i++) {
                long courier = 1L + (first + i) % COURIERS;
                Lookup answer = copy.lookup(courier);
                checkState(courier, answer);
                if (i == 0) {
                    judge(courier, answer);
                }
            }
            checkCounts();
        }

        private void checkState(long courier, Lookup answer) {
            switch (answer) {
                case Lookup.Known known -> {
                    require(known.version() >= seen.getOrDefault(courier, 0L), "version of %d fell to %d in %d",
                            courier,
                            known.version(), seenGeneration);
                    seen.put(courier, known.version());
                    require(wasWithin(courier, known.version(), known.level(), known.staleness()),
                            "%s of courier %d is no state within its bound: %s", known, courier, states(courier));
                }
                case Lookup.Absent absent ->
                    require(wasWithin(courier, State.DELETED, PerformanceLevel.NORMAL, absent.staleness()),
                            "courier %d is absent: %s", courier, states(courier));
                case Lookup.Unknown _ -> {
                    // Always true.
                }
            }
        }

        private boolean wasWithin(long courier, long version, PerformanceLevel level, Duration bound) {
            long horizon = nowMicros - micros(bound);
            List<State> states = states(courier);
            for (int i = states.size() - 1; i >= 0; i--) {
                State state = states.get(i);
                if (state.version() == version && (!state.isThere() || state.level() == level)) {
                    return true;
                }
                if (state.committedMicros() < horizon) {
                    return false;
                }
            }
            return version == State.DELETED;
        }

        /// The first lookup of a check is the one that is sampled.
        private void judge(long courier, Lookup answer) {
            if (answer instanceof Lookup.Unknown) {
                return;
            }
            boolean stale = switch (answer) {
                case Lookup.Known known -> !isThere(courier) || states(courier).getLast().version() != known.version();
                case Lookup.Absent _,Lookup.Unknown _ -> isThere(courier);
            };
            if (stale) {
                sampledStale++;
            } else {
                sampledFresh++;
            }
        }

        private void checkCounts() {
            long ignored = Arrays.stream(Counts.Ignored.values()).mapToLong(why -> counts.ignored(why).sum()).sum();
            long sum = counts.applied().sum() + ignored + counts.poisoned().sum() + counts.control().sum();
            require(counts.read().sum() == records && sum == records, "%d records, %d counted", records, sum);
        }

        private void checkAtRest() {
            for (long courier = 1; courier <= COURIERS; courier++) {
                Lookup answer = copy.lookup(courier);
                if (!isThere(courier)) {
                    require(answer instanceof Lookup.Absent || faults.damage(), "courier %d at rest: %s", courier,
                            answer);
                } else {
                    State state = states(courier).getLast();
                    require(answer instanceof Lookup.Known known && known.version() == state.version()
                            && known.level() == state.level(), "courier %d at rest: %s instead of %s", courier, answer,
                            state);
                }
            }
            Consistency consistency = copy.consistency();
            require(consistency.fresh() <= sampledFresh, "%d fresh reads instead of %d", consistency.fresh(),
                    sampledFresh);
            require(consistency.stale() <= sampledStale, "%d stale reads instead of %d", consistency.stale(),
                    sampledStale);
        }
    }
}
