package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/// Finds out what the mismatches of an experiment are: late or wrong. Thread-safe.
///
/// At first sight the versions speak. An older candidate is stale for certain, so the re-check only times it. A newer one is ahead, or
/// has a version that nobody gave it: the control has to confirm it. For the same or an unknown version the re-check tells as well. It
/// climbs a ladder and reads the *candidate* at every rung:
///
/// 1. Equal to the control's value ⇒ `converged`. The candidate got the value after it was last seen without and before it was first
///    seen with it; the control saw the value between its start and its end. So it was late by a time in
///    (start of the last unequal read - end of the control, end of the first equal read - start of the control].
/// 2. Its version is higher than the control's or, if either is unknown, its value is not the one it was ⇒ the *control* is read
///    again. Equal ⇒ `superseded`, or `candidate_ahead` if the candidate was newer at first sight and the control has not been seen to
///    change before. Changed ⇒ go on with the new value, from the foot of the ladder. This may be done three times.
/// 3. At the end the control is read again. Changed ⇒ as in 2, and if that has been done three times, `unsettled`. The same ⇒ `stale` if
///    the candidate's version is lower, else `diverged`. As the control's value is the same before and after all reads, this holds for
///    the time between as well.
///
/// Reading the control costs somebody else something, hence a token bucket of five per second: without a token step 2 is left
/// to the next rung, step 3 ends `unsettled`. Whether a control has *changed* is told by its versions or, if unknown, by `equals` of its
/// values; likewise for a candidate of unknown version.
///
/// Reads and comparisons run on the workers given, one at a time per re-check; what belongs to a re-check is handed from worker to timer to
/// worker, so it needs no lock. A read that throws is no read. One over the deadline is interrupted and ends its re-check, so that
/// no re-check holds more than one worker. Whoever settles first (worker, deadline, `close`) wins by a compare-and-set.
/// A mismatch of the same key and control version joins the re-check that is open.
final class Rechecks implements AutoCloseable {

    /// Half a minute of 30 mismatches a second; each holds an input and two values.
    static final int MAX_OPEN = 1024;
    static final int CONTROL_READS_PER_SECOND = 5;
    private static final int MAX_GOING_ON = 3;

    private final Time time;
    private final Executor workers;
    private final List<Duration> ladder;
    private final Duration deadline;
    private final TokenBucket tokens;
    private final Map<Id, Case> open = new ConcurrentHashMap<>();
    private final AtomicInteger cases = new AtomicInteger();
    private volatile boolean closed;

    /// How a mismatch is looked at again. Called on workers, never by two threads at a time; what it throws is contained.
    interface Subject {

        Value readControl() throws Exception;

        Value readCandidate() throws Exception;

        /// What the two differ in; what is to be ignored counts as equal.
        Comparison compare(Value control, Value candidate);

        /// Takes what came of it, once, on any thread; short.
        void settled(Settled settled);
    }

    /// What a behaviour answered.
    ///
    /// @param whole the value itself
    /// @param part its projection
    /// @param version negative = unknown
    record Value(@Nullable Object whole, @Nullable Object part, long version) {}

    /// A value and when it was read, by [Time#nanos].
    record Reading(Value value, long started, long ended) {

        long version() {
            return value.version();
        }

        boolean isVersioned() {
            return version() >= 0;
        }

        @Nullable
        Object part() {
            return value.part();
        }
    }

    /// A mismatch at first sight.
    ///
    /// @param key of the input
    /// @param candidate its last read, the second one
    record Sight(@Nullable Object key, Reading control, Reading candidate) {

        Cause cause() {
            return Cause.of(control.version(), candidate.version());
        }
    }

    /// What a re-check came to.
    ///
    /// @param mismatches that share it, at least 1
    /// @param reads what was read again, in order
    record Settled(Settlement settlement, long mismatches, List<Reread> reads) {
        Settled {
            reads = List.copyOf(reads);
        }
    }

    /// @param deadline of one read, and of one comparison
    Rechecks(Time time, Executor workers, Recheck ladder, Duration deadline) {
        this.time = time;
        this.workers = workers;
        this.ladder = ladder.ladder();
        this.deadline = deadline;
        tokens = new TokenBucket(time, CONTROL_READS_PER_SECOND);
    }

    /// Takes a mismatch; on any thread. Reads nothing here and never throws.
    void open(Sight sight, Subject subject) {
        Cause cause = sight.cause();
        if (ladder.isEmpty()) {
            Settlement settlement = switch (cause) {
                case STALE -> new Settlement.Stale(lateByMoreThan(sight.candidate(), sight.control()));
                case CANDIDATE_AHEAD -> new Settlement.CandidateAhead();
                case DIVERGED -> new Settlement.Diverged();
            };
            subject.settled(new Settled(settlement, 1, List.of()));
        } else {
            join(sight, subject);
        }
    }

    /// How many re-checks are open.
    int size() {
        return cases.get();
    }

    /// Ends all that is open as unsettled; what is opened from now on is so at once.
    @Override
    public void close() {
        closed = true;
        open.values().forEach(open -> open.unsettled(Settlement.Lack.TIME));
    }

    private void join(Sight sight, Subject subject) {
        Id id = new Id(sight);
        Case joined = open.compute(id, (same, there) -> {
            if (there != null) {
                there.mismatches++;
                return there;
            }
            return room() ? new Case(id, sight, subject) : null;
        });
        if (joined == null) {
            Duration moreThan = lateByMoreThan(sight.candidate(), sight.control());
            subject.settled(
                    new Settled(new Settlement.Unsettled(Settlement.Lack.ROOM, moreThan), 1, List.of()));
        } else {
            joined.begin();
            if (closed) {
                joined.unsettled(Settlement.Lack.TIME);
            }
        }
    }

    private boolean room() {
        if (cases.incrementAndGet() <= MAX_OPEN) {
            return true;
        }
        cases.decrementAndGet();
        return false;
    }

    private static Duration lateByMoreThan(Reading unequal, Reading control) {
        return Duration.ofNanos(unequal.started() - control.ended());
    }

    /// What mismatches share a re-check. The hash is taken once and `equals` never throws, so that a key that misbehaves can be removed.
    private static final class Id {

        private final @Nullable Object key;
        private final long version;
        private final @Nullable Object value;
        private final int hash;

        Id(Sight sight) {
            key = sight.key();
            version = sight.control().version();
            value = version < 0 ? sight.control().part() : null;
            hash = hashOrZero(key) * 31 + Long.hashCode(version);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            try {
                return other == this || (other instanceof Id id && version == id.version
                        && Objects.equals(key, id.key) && Objects.deepEquals(value, id.value));
            } catch (Throwable thrown) {
                return false;
            }
        }

        private static int hashOrZero(@Nullable Object key) {
            try {
                return Objects.hashCode(key);
            } catch (Throwable thrown) {
                return 0;
            }
        }
    }

    /// One re-check.
    private final class Case {

        private final Id id;
        private final Subject subject;
        private final long opened;
        private final AtomicBoolean begun = new AtomicBoolean();
        private final AtomicBoolean settled = new AtomicBoolean();
        private final List<Reread> reads = new CopyOnWriteArrayList<>();
        /// Guarded by the map's lock of the id: counted up only as long as the re-check is in the map.
        private long mismatches = 1;

        private volatile Reading control;
        private volatile Reading unequal;
        /// Whether the candidate was newer than the control at first sight, and the control has not changed since.
        private boolean ahead;
        /// The candidate's value at the last comparison with a fresh control.
        private Reading noted;
        /// The candidate's last answer; `null` if its last read gave none.
        private @Nullable Reading last;
        private long foot;
        private int rung;
        private int goneOn;
        private volatile Runnable cancelTimer = () -> {};

        Case(Id id, Sight sight, Subject subject) {
            this.id = id;
            this.subject = subject;
            control = sight.control();
            unequal = sight.candidate();
            noted = sight.candidate();
            last = sight.candidate();
            ahead = sight.cause() == Cause.CANDIDATE_AHEAD;
            opened = time.nanos();
            foot = opened;
        }

        private Duration moreThan() {
            return lateByMoreThan(unequal, control);
        }

        void begin() {
            if (begun.compareAndSet(false, true)) {
                climb();
            }
        }

        /// Sets the timer for the next rung that is still to come.
        private void climb() {
            long now = time.nanos();
            while (rung < ladder.size() && foot + ladder.get(rung).toNanos() < now) {
                rung++;
            }
            if (rung == ladder.size()) {
                judgeAtTheEnd();
            } else {
                long due = foot + ladder.get(rung++).toNanos();
                cancelTimer = time.schedule(Duration.ofNanos(due - now), this::due);
            }
        }

        /// On the timer's thread.
        private void due() {
            try {
                workers.execute(this::look);
            } catch (RejectedExecutionException full) {
                unsettled(Settlement.Lack.ROOM);
            }
        }

        /// On a worker: one rung.
        private void look() {
            try {
                if (!settled.get() && lookAtCandidate()) {
                    climb();
                }
            } catch (Throwable failure) {
                unsettled(Settlement.Lack.ANSWER);
                rethrowIfFatal(failure);
            }
        }

        /// Steps 1 and 2.
        ///
        /// @return whether to climb on
        private boolean lookAtCandidate() {
            Reading before = control;
            Reading read = read(Reread.Side.CANDIDATE, before, null);
            last = read;
            if (settled.get()) {
                return false;
            }
            if (read == null) {
                return true;
            }
            if (isEqual()) {
                end(new Settlement.Converged(moreThan(), Duration.ofNanos(read.ended() - before.started())));
                return false;
            }
            unequal = read;
            if (movedOn(read) && goneOn < MAX_GOING_ON && tokens.take()) {
                return compareWithFreshControl(read, false);
            }
            return true;
        }

        private boolean movedOn(Reading read) {
            return bothVersioned(read, control)
                    ? read.version() > control.version()
                    : !Objects.deepEquals(read.part(), noted.part());
        }

        /// Step 3.
        private void judgeAtTheEnd() {
            Reading candidate = last;
            if (candidate == null) {
                unsettled(Settlement.Lack.ANSWER);
            } else if (!tokens.take()) {
                unsettled(Settlement.Lack.TOKEN);
            } else if (compareWithFreshControl(candidate, true)) {
                climb();
            }
        }

        private boolean compareWithFreshControl(Reading candidate, boolean atTheEnd) {
            Reading before = control;
            Reading now = read(Reread.Side.CONTROL, null, candidate);
            if (settled.get()) {
                return false;
            }
            if (now == null) {
                if (atTheEnd) {
                    unsettled(Settlement.Lack.ANSWER);
                }
                return !atTheEnd;
            }
            noted = candidate;
            if (isEqual()) {
                end(ahead
                        ? new Settlement.CandidateAhead()
                        : new Settlement.Superseded(Duration.ofNanos(candidate.ended() - before.started())));
                return false;
            }
            boolean changed = bothVersioned(now, before)
                    ? now.version() != before.version()
                    : !Objects.deepEquals(now.part(), before.part());
            if (atTheEnd && !changed) {
                boolean older = candidate.isVersioned() && candidate.version() < before.version();
                end(older ? new Settlement.Stale(moreThan()) : new Settlement.Diverged());
                return false;
            }
            if (atTheEnd && goneOn == MAX_GOING_ON) {
                unsettled(Settlement.Lack.REST);
                return false;
            }
            if (changed) {
                goneOn++;
                ahead = false;
                control = now;
                foot = time.nanos();
                rung = 0;
            }
            return true;
        }

        /// Reads a side and compares it with the other, within the deadline.
        ///
        /// @return `null` if that gave nothing to go by, or if the re-check is settled
        private @Nullable Reading read(Reread.Side side, @Nullable Reading controlThere,
                @Nullable Reading candidateThere) {
            Guard step = new Guard(time, deadline, () -> unsettled(Settlement.Lack.ANSWER));
            Reading reading = null;
            Comparison comparison = null;
            Throwable fatal = null;
            long started = time.nanos();
            try {
                Value value = side == Reread.Side.CONTROL ? subject.readControl() : subject.readCandidate();
                reading = new Reading(value, started, time.nanos());
                Reading left = controlThere == null ? reading : controlThere;
                Reading right = candidateThere == null ? reading : candidateThere;
                comparison = subject.compare(left.value(), right.value());
            } catch (Throwable thrown) {
                fatal = thrown;
            }
            boolean inTime = step.end();
            rethrowIfFatal(fatal);
            if (!inTime) {
                return null;
            }
            reads.add(
                    new Reread(side, Duration.ofNanos(time.nanos() - opened), reading == null ? -1 : reading.version(),
                            Reread.Answer.of(comparison)));
            return comparison == null || comparison instanceof Comparison.Incomparable ? null : reading;
        }

        private boolean isEqual() {
            return reads.getLast().answer() == Reread.Answer.EQUAL;
        }

        void unsettled(Settlement.Lack why) {
            end(new Settlement.Unsettled(why, moreThan()));
        }

        private void end(Settlement settlement) {
            if (settled.compareAndSet(false, true)) {
                cancelTimer.run();
                if (open.remove(id, this)) {
                    cases.decrementAndGet();
                }
                subject.settled(new Settled(settlement, mismatches, reads));
            }
        }
    }

    private static boolean bothVersioned(Reading one, Reading other) {
        return one.isVersioned() && other.isVersioned();
    }

    private static void rethrowIfFatal(@Nullable Throwable thrown) {
        if (thrown instanceof VirtualMachineError error && !(thrown instanceof StackOverflowError)) {
            throw error;
        }
    }
}
