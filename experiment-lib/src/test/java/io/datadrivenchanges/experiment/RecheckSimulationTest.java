package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/// A source, a feed that delays, loses, repeats, reorders and corrupts, and a copy that keeps the highest version; read in virtual time by
/// calls that take time. What really happened is known, so that every settlement can be checked.
///
/// Two proofs. Histories *made to be* something must be found to be that, all of them. Of histories made at random it is checked
/// that what the settlement says is a fact of the history.
class RecheckSimulationTest {

    private static final int HISTORIES = 4_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long END_OF_LADDER = 30 * SECOND;

    /// What a history is made to be.
    private enum Truth {
        CONVERGED, SUPERSEDED, CANDIDATE_AHEAD, FALSELY_AHEAD, STALE, DIVERGED, RESTLESS, TOKENLESS, CLOSED
    }

    private record State(String value, long version) {}

    /// What one key goes through: times of the source's changes and of what the copy applies.
    private static final class World implements Rechecks.Subject {

        final VirtualTime time = new VirtualTime();
        final SplittableRandom random;
        final boolean versioned;
        final TreeMap<Long, State> source = new TreeMap<>();
        final List<Map.Entry<Long, State>> deliveries = new ArrayList<>();
        final List<Long> controlSeenAt = new ArrayList<>();
        final List<State> controlSeen = new ArrayList<>();
        final List<State> candidateSeen = new ArrayList<>();
        final List<Long> candidateSeenAt = new ArrayList<>();
        final List<Rechecks.Settled> settled = new ArrayList<>();
        long controlLag;
        long slowest = 5 * MILLI;

        World(long seed, boolean versioned) {
            random = new SplittableRandom(seed);
            this.versioned = versioned;
            source.put(Long.MIN_VALUE, new State("v0", 1));
        }

        long last() {
            return source.lastEntry().getValue().version();
        }

        /// Changes the source; what of it arrives is said apart.
        State change(long at, String value) {
            State state = new State(value, last() + 1);
            source.put(at, state);
            return state;
        }

        void deliver(long at, State state) {
            deliveries.add(Map.entry(at, state));
        }

        /// The copy keeps the highest version; of the same version, what came first.
        State copyAt(long at) {
            State state = source.firstEntry().getValue();
            List<Map.Entry<Long, State>> arrived = new ArrayList<>(deliveries);
            arrived.sort(Map.Entry.comparingByKey());
            for (Map.Entry<Long, State> delivery : arrived) {
                if (delivery.getKey() <= at && delivery.getValue().version() > state.version()) {
                    state = delivery.getValue();
                }
            }
            return state;
        }

        State sourceAt(long at) {
            return source.floorEntry(at).getValue();
        }

        @Override
        public Rechecks.Value readControl() {
            spend();
            long now = time.nanos();
            State state = sourceAt(now - controlLag);
            controlSeenAt.add(now);
            controlSeen.add(state);
            spend();
            return value(state);
        }

        @Override
        public Rechecks.Value readCandidate() {
            spend();
            long now = time.nanos();
            State state = copyAt(now);
            candidateSeenAt.add(now);
            candidateSeen.add(state);
            spend();
            return value(state);
        }

        /// Half of a read.
        private void spend() {
            time.advance(Duration.ofNanos(random.nextLong(slowest) / 2));
        }

        private Rechecks.Value value(State state) {
            return new Rechecks.Value(state, state.value(), versioned ? state.version() : -1);
        }

        @Override
        public Comparison compare(Rechecks.Value control, Rechecks.Value candidate) {
            return Comparing.byValue().judge(control.part(), candidate.part());
        }

        @Override
        public void settled(Rechecks.Settled what) {
            settled.add(what);
        }

        /// Reads the control, then the candidate; opens a re-check if they differ.
        boolean call(Rechecks rechecks) {
            Rechecks.Reading control = timed(readControlAt());
            Rechecks.Reading candidate = timed(readCandidateAt());
            if (compare(control.value(), candidate.value()) instanceof Comparison.Equal) {
                return false;
            }
            rechecks.open(new Rechecks.Sight("key", control, candidate), this);
            return true;
        }

        private record Timed(Rechecks.Value value, long started) {}

        private Timed readControlAt() {
            long started = time.nanos();
            return new Timed(readControl(), started);
        }

        private Timed readCandidateAt() {
            long started = time.nanos();
            return new Timed(readCandidate(), started);
        }

        private Rechecks.Reading timed(Timed read) {
            return new Rechecks.Reading(read.value(), read.started(), time.nanos());
        }

        Rechecks rechecks() {
            return new Rechecks(time, Runnable::run, Recheck.standard(), Duration.ofSeconds(1));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyHistoryIsFoundToBeWhatItIs(boolean versioned) {
        long first = System.nanoTime();
        Map<Truth, Map<String, Integer>> confusion = new EnumMap<>(Truth.class);
        for (Truth truth : Truth.values()) {
            for (int i = 0; i < HISTORIES / Truth.values().length; i++) {
                long seed = first + i;
                World world = new World(seed, versioned);
                Settlement found = live(world, truth);
                confusion.computeIfAbsent(truth, none -> new TreeMap<>()).merge(name(found), 1, Integer::sum);
                assertThat(name(found)).as("seed %d, %s, %s", seed, truth, found).isEqualTo(expected(truth, versioned));
                isAFact(world, found, "seed " + seed + " " + truth);
            }
        }
        confusion.forEach((truth, found) -> assertThat(found).as("%s", truth)
                .isEqualTo(Map.of(expected(truth, versioned), HISTORIES / Truth.values().length)));
    }

    private static String name(Settlement settlement) {
        return settlement instanceof Settlement.Unsettled unsettled
                ? "unsettled: " + unsettled.why().key()
                : settlement.key();
    }

    /// Without versions nobody can tell a change that never comes from a wrong value, nor a control that is late.
    private static String expected(Truth truth, boolean versioned) {
        return switch (truth) {
            case CONVERGED -> "converged";
            case SUPERSEDED -> "superseded";
            case CANDIDATE_AHEAD -> versioned ? "candidate_ahead" : "superseded";
            case STALE -> versioned ? "stale" : "diverged";
            case FALSELY_AHEAD, DIVERGED -> "diverged";
            case RESTLESS -> "unsettled: rest";
            case TOKENLESS -> "unsettled: token";
            case CLOSED -> "unsettled: time";
        };
    }

    private Settlement live(World world, Truth truth) {
        SplittableRandom random = world.random;
        long before = random.nextLong(10 * MILLI, 100 * MILLI);
        long call = 200 * MILLI;
        State previous = world.change(0, "v" + random.nextInt(3));
        world.deliver(0, previous);
        State changed = world.change(before, other(random, previous));
        long latest = call + END_OF_LADDER - SECOND;
        switch (truth) {
            case CONVERGED -> {
                long lag = logUniform(random, 50 * MILLI, 25 * SECOND);
                world.deliver(call + lag, changed);
                noise(world, previous, latest);
                noise(world, changed, call + lag + random.nextLong(SECOND), latest);
            }
            case SUPERSEDED -> {
                // The change itself is lost; a later one arrives, which may well be back to the previous value.
                long next = call + logUniform(random, 50 * MILLI, 20 * SECOND);
                world.deliver(next + random.nextLong(SECOND), world.change(next, other(random, changed)));
                noise(world, previous, latest);
            }
            case CANDIDATE_AHEAD -> {
                // It is late by so much that it sees the previous value during the call.
                long slack = 5 * MILLI;
                world.controlLag = call + slack - before + random.nextLong(before - slack);
                world.deliver(before, changed);
            }
            case FALSELY_AHEAD -> {
                world.deliver(before, changed);
                world.deliver(random.nextLong(before, call),
                        new State(other(random, changed), changed.version() + 1 + random.nextInt(3)));
                noise(world, previous, latest);
            }
            case STALE -> noise(world, previous, latest);
            case DIVERGED -> {
                long lag = random.nextBoolean() ? 0 : logUniform(random, 50 * MILLI, 25 * SECOND);
                world.deliver(call + lag,
                        new State(other(random, changed, world.copyAt(call).value()), changed.version()));
                noise(world, previous, latest);
                noise(world, changed, call + lag + SECOND, latest);
            }
            case RESTLESS -> {
                // Every new value comes before the re-check can tell about the last one, and nothing ever arrives.
                for (long at = call + 10 * SECOND; at < call + 500 * SECOND; at += 10 * SECOND) {
                    world.change(at, "w" + at);
                }
            }
            case TOKENLESS, CLOSED -> noise(world, previous, latest);
        }
        Rechecks rechecks = world.rechecks();
        world.time.advance(Duration.ofNanos(call));
        if (truth == Truth.TOKENLESS) {
            // Five others, which stay stale, reach the end of the ladder first.
            for (int i = 0; i < 5; i++) {
                World other = new World(i, true);
                long now = world.time.nanos();
                rechecks.open(new Rechecks.Sight(i, new Rechecks.Reading(new Rechecks.Value("w", "w", 9), now, now),
                        new Rechecks.Reading(new Rechecks.Value("v0", "v0", 1), now, now)), new Elsewhere(other));
            }
        }
        assertThat(world.call(rechecks)).isTrue();
        if (truth == Truth.CLOSED) {
            world.time.advance(Duration.ofNanos(random.nextLong(END_OF_LADDER - SECOND)));
            rechecks.close();
        }
        world.time.advance(Duration.ofMinutes(5));
        assertThat(rechecks.size()).isZero();
        assertThat(world.settled).hasSize(1);
        return world.settled.getFirst().settlement();
    }

    /// A key that is stale for ever.
    private record Elsewhere(World world) implements Rechecks.Subject {
        @Override
        public Rechecks.Value readControl() {
            return new Rechecks.Value("w", "w", 9);
        }

        @Override
        public Rechecks.Value readCandidate() {
            return new Rechecks.Value("v0", "v0", 1);
        }

        @Override
        public Comparison compare(Rechecks.Value control, Rechecks.Value candidate) {
            return world.compare(control, candidate);
        }

        @Override
        public void settled(Rechecks.Settled settled) {
            // its end is not looked at
        }
    }

    /// Repeats what has been delivered, late and out of order.
    private static void noise(World world, State state, long until) {
        noise(world, state, 0, until);
    }

    private static void noise(World world, State state, long from, long until) {
        for (int i = world.random.nextInt(4); i > 0; i--) {
            world.deliver(world.random.nextLong(from, Math.max(from + 1, until)), state);
        }
    }

    private static String other(SplittableRandom random, State... than) {
        String[] values = new String[than.length];
        for (int i = 0; i < than.length; i++) {
            values[i] = than[i].value();
        }
        return other(random, values);
    }

    private static String other(SplittableRandom random, State than, String andThan) {
        return other(random, than.value(), andThan);
    }

    private static String other(SplittableRandom random, String... than) {
        String value;
        do {
            value = "v" + random.nextInt(4);
        } while (List.of(than).contains(value));
        return value;
    }

    private static long logUniform(SplittableRandom random, long from, long to) {
        return (long) (from * Math.exp(random.nextDouble() * Math.log((double) to / from)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatASettlementSaysIsAFactOfAnyHistory(boolean versioned) {
        long first = System.nanoTime();
        Map<String, Integer> found = new TreeMap<>();
        for (int i = 0; i < 4 * HISTORIES; i++) {
            long seed = first + i;
            World world = anyHistory(seed, versioned);
            Rechecks rechecks = world.rechecks();
            world.time.advance(Duration.ofSeconds(1 + world.random.nextInt(20)));
            boolean opened = world.call(rechecks);
            world.time.advance(Duration.ofMinutes(5));

            assertThat(rechecks.size()).isZero();
            assertThat(world.settled).as("seed %d", seed).hasSize(opened ? 1 : 0);
            if (opened) {
                Settlement settlement = world.settled.getFirst().settlement();
                found.merge(settlement.key(), 1, Integer::sum);
                isAFact(world, settlement, "seed " + seed);
            }
        }
        // The histories are worth something only if they come to all kinds of ends.
        assertThat(found.keySet()).as("%s", found).contains("converged", "superseded", "diverged", "unsettled");
        if (versioned) {
            assertThat(found.keySet()).contains("stale");
        }
    }

    /// Changes among few values, so that A → B → A is common, at very different rates; each is delayed, and some are lost, repeated or
    /// corrupted.
    private static World anyHistory(long seed, boolean versioned) {
        World world = new World(seed, versioned);
        SplittableRandom random = world.random;
        world.slowest = 1 + logUniform(random, MILLI, 400 * MILLI);
        long gap = logUniform(random, 100 * MILLI, 60 * SECOND);
        long lag = logUniform(random, MILLI, 60 * SECOND);
        double lost = random.nextInt(3) * 0.3;
        double corrupted = random.nextInt(4) == 0 ? 0.3 : 0;
        String value = "v0";
        for (long at = 0; at < 200 * SECOND; at += 1 + (long) (gap * -Math.log(random.nextDouble()))) {
            value = other(random, value);
            State state = world.change(at, value);
            for (int copies = 1 + random.nextInt(2); copies > 0 && random.nextDouble() >= lost; copies--) {
                boolean wrong = random.nextDouble() < corrupted;
                world.deliver(at + (long) (lag * -Math.log(random.nextDouble())),
                        wrong ? new State(other(random, value), state.version()) : state);
            }
        }
        return world;
    }

    /// What is claimed must be true in the world, whatever the re-check read of it.
    private static void isAFact(World world, Settlement settlement, String what) {
        State seen = world.controlSeen.getLast();
        State read = world.candidateSeen.getLast();
        long readAt = world.candidateSeenAt.getLast();
        switch (settlement) {
            case Settlement.Converged converged -> {
                assertThat(read.value()).as(what).isEqualTo(seen.value());
                long lag = becameEqual(world, seen.value(), readAt) - firstSeenAt(world, seen);
                assertThat(lag).as("%s: %s", what, converged).isGreaterThan(converged.moreThan().toNanos())
                        .isLessThanOrEqualTo(converged.atMost().toNanos());
            }
            case Settlement.Superseded superseded -> {
                assertThat(read.value()).as(what).isEqualTo(seen.value());
                assertThat(world.controlSeen).as(what).hasSizeGreaterThan(1);
                assertThat(world.controlSeen.get(world.controlSeen.size() - 2).value()).as(what)
                        .isNotEqualTo(read.value());
            }
            case Settlement.CandidateAhead ahead -> {
                assertThat(read.version()).as(what).isGreaterThan(world.controlSeen.getFirst().version());
                assertThat(read.value()).as(what).isEqualTo(seen.value());
            }
            case Settlement.Stale stale -> {
                assertThat(world.versioned).isTrue();
                assertThat(read.version()).as(what).isLessThan(seen.version());
                // The control said the same before and after, and all that time the copy did not have it.
                long lag = world.deliveries.stream().filter(delivery -> delivery.getValue().version() >= seen.version())
                        .mapToLong(Map.Entry::getKey).min().orElse(NEVER) - firstSeenAt(world, seen);
                assertThat(lag).as("%s: %s", what, stale).isGreaterThan(stale.moreThan().toNanos());
                assertThat(stale.moreThan()).isGreaterThan(Duration.ofSeconds(25));
            }
            case Settlement.Diverged diverged -> {
                assertThat(read.value()).as(what).isNotEqualTo(seen.value());
                if (world.versioned) {
                    assertThat(read.version()).as(what).isGreaterThanOrEqualTo(seen.version());
                    boolean trulyWrong = world.source.values().stream()
                            .noneMatch(state -> state.equals(read));
                    assertThat(trulyWrong).as("%s: %s is not in the source's history", what, read).isTrue();
                }
            }
            case Settlement.Unsettled unsettled -> assertThat(unsettled.why()).as(what)
                    .isIn(Settlement.Lack.REST, Settlement.Lack.TIME, Settlement.Lack.TOKEN);
        }
    }

    /// The moment at which the copy turned to this value for the last time before `at`.
    private static long becameEqual(World world, String value, long at) {
        long moment = at;
        List<Long> moments = new ArrayList<>(world.deliveries.stream().map(Map.Entry::getKey).filter(t -> t <= at)
                .sorted().toList());
        for (Long before : moments.reversed()) {
            if (!world.copyAt(before).value().equals(value)) {
                return moment;
            }
            moment = before;
        }
        return moment;
    }

    /// The moment at which the control was seen with this state for the first time in a row: the re-check counts from there.
    private static long firstSeenAt(World world, State state) {
        int first = world.controlSeen.size() - 1;
        while (first > 0 && isSame(world, world.controlSeen.get(first - 1), state)) {
            first--;
        }
        return world.controlSeenAt.get(first);
    }

    private static boolean isSame(World world, State one, State other) {
        return world.versioned ? one.version() == other.version() : one.value().equals(other.value());
    }
}
