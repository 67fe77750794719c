package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/// Decides which runs are timed, and knows what the timed ones took. Thread-safe without locks: what callers share here is only ever used
/// to choose how often to look, so a lost update does no harm.
///
/// A look at the clock costs up to 50 ns, more than a whole inline run does besides. So where the control's mean is 20 µs or
/// more every run is timed, and below that only such a share that looking takes no more than 1 % of the control's time, one in 1,024 at
/// least. A timed run looks three times. Most look around the candidate and the control; some look instead at
/// what the library adds *before* the control, candidate included, and some at what it adds *after* it. Their means added up are what a
/// caller pays.
///
/// Over the budget of 3 % of the control and 1 µs, three ticks of a second in a row, the experiment compares only every second call; three more, and
/// it switches itself off.
final class Timing {

    /// What a timed run looks at.
    enum Look {
        NOT_AT_ALL, BEHAVIOURS, BEFORE, AFTER
    }

    static final Duration TICK = Duration.ofSeconds(1);

    /// Three looks of 50 ns are 1 % of this.
    private static final long ALWAYS_NANOS = 15_000;
    private static final int MAX_INTERVAL = 1024;
    /// Runs per stripe before the share is lowered: the first ones are slow and say little, and tests are to see durations.
    private static final int WARM_UP = 1024;
    /// One of so many timed runs looks before, one after.
    private static final int TURNS = 8;
    private static final int BEFORE_TURN = 3;
    private static final int AFTER_TURN = 7;
    /// The mean follows by a sixteenth.
    private static final int SMOOTHING = 4;

    private static final long BUDGET_NANOS = 1_000;
    private static final int BUDGET_PERCENT = 3;
    private static final int BAD_TICKS = 3;
    /// Looks before and after in one tick, each, below which it says nothing.
    private static final int ENOUGH = 20;

    final Histogram control = new Histogram();
    private final boolean on;
    private final boolean always;
    private final Sum controls = new Sum();
    private final Sum before = new Sum();
    private final Sum after = new Sum();
    private long mean = ALWAYS_NANOS;
    private int mask;
    private int turn;
    private int badTicks;
    private volatile boolean halved;

    /// What is to be done about an experiment that costs too much.
    enum Measure {
        HALVE, SWITCH_OFF
    }

    /// A sum and how many it has, and what they were at the last tick.
    private static final class Sum {
        private final LongAdder nanos = new LongAdder();
        private final LongAdder count = new LongAdder();
        private long lastNanos;
        private long lastCount;
        private long countInTick;
        private double meanInTick;

        void add(long nanos) {
            this.nanos.add(nanos);
            count.increment();
        }

        void roll() {
            long nanosNow = nanos.sum();
            long countNow = count.sum();
            countInTick = countNow - lastCount;
            meanInTick = countInTick == 0 ? 0 : (double) (nanosNow - lastNanos) / countInTick;
            lastNanos = nanosNow;
            lastCount = countNow;
        }

        double mean() {
            long n = count.sum();
            return n == 0 ? 0 : (double) nanos.sum() / n;
        }
    }

    /// @param on whether anything is timed
    /// @param always whether everything is
    Timing(boolean on, boolean always) {
        this.on = on;
        this.always = always;
    }

    /// @param n how many runs this thread has begun about, see [Counters#increment]
    Look next(long n) {
        if (!on || isThinned(n) || (!always && n >= WARM_UP && (n & mask) != 0)) {
            return Look.NOT_AT_ALL;
        }
        int now = turn++ & (TURNS - 1);
        return now == BEFORE_TURN ? Look.BEFORE : now == AFTER_TURN ? Look.AFTER : Look.BEHAVIOURS;
    }

    /// Whether an experiment that costs too much leaves this call out.
    boolean isThinned(long n) {
        return halved && (n & 1) != 0;
    }

    /// Takes note of a call of the control.
    Span controlEnded(long started, long ended) {
        Span span = new Span(started, ended);
        controlTook(span.nanos());
        return span;
    }

    private void controlTook(long nanos) {
        control.record(nanos);
        controls.add(nanos);
        mean += (nanos - mean) >> SMOOTHING;
        long interval = ALWAYS_NANOS / Math.max(1, mean);
        mask = interval <= 1 ? 0 : (int) Math.min(MAX_INTERVAL, Long.highestOneBit(interval - 1) << 1) - 1;
    }

    void addedBefore(long nanos) {
        before.add(nanos);
    }

    void addedAfter(long nanos) {
        after.add(nanos);
    }

    /// One in so many runs is timed by now; 0 if none is.
    int timedOneIn() {
        return !on ? 0 : always ? 1 : mask + 1;
    }

    /// What a compared call costs its caller beside the control, in nanoseconds, by the mean since the start.
    double overheadNanos() {
        return before.mean() + after.mean();
    }

    /// What [#overheadNanos] is the mean of. The looks take turns, so that there are as many before as after, give or take one.
    Summary.Overhead overhead() {
        return new Summary.Overhead(Math.min(before.count.sum(), after.count.sum()),
                before.nanos.sum() + after.nanos.sum());
    }

    /// Judges the last tick; to be called by one thread.
    @Nullable
    Measure tick() {
        controls.roll();
        before.roll();
        after.roll();
        if (before.countInTick < ENOUGH || after.countInTick < ENOUGH) {
            return null;
        }
        double added = (before.meanInTick + after.meanInTick) / (halved ? 2 : 1);
        boolean bad = added > BUDGET_NANOS && added * 100 > controls.meanInTick * BUDGET_PERCENT;
        badTicks = bad ? badTicks + 1 : 0;
        if (badTicks < BAD_TICKS) {
            return null;
        }
        badTicks = 0;
        if (halved) {
            return Measure.SWITCH_OFF;
        }
        halved = true;
        return Measure.HALVE;
    }

    /// Forgets that it cost too much: somebody has switched it on again.
    void forgive() {
        halved = false;
    }
}
