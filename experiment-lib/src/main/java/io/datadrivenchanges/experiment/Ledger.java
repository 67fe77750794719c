package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import io.datadrivenchanges.experiment.verdict.Counts;
import io.datadrivenchanges.experiment.verdict.Criteria;
import io.datadrivenchanges.experiment.verdict.Losses;
import io.datadrivenchanges.experiment.verdict.RateGuard;
import io.datadrivenchanges.experiment.verdict.Totals;

/// The exposures of one generation, counted: by kind and standing, by cohort, by loss and by the time since the change.
/// Thread-safe; nobody waits for a lock.
///
/// The guard, which has to see exposures one by one in their order, is fed through a queue. Whoever asks for the alarm empties it, once a
/// second; when it gets long, so does whoever adds to it, if nobody else is at it.
final class Ledger {

    /// Cohorts told apart; the rest counts as [#OTHER].
    static final int MAX_COHORTS = 64;
    static final String OTHER = "other";

    private static final int MAX_WAITING = 16_384;
    private static final int MAX_OPEN = 4_096;
    private static final RateGuard.Watched GOOD = () -> RateGuard.Standing.GOOD;

    private final Criteria criteria;
    private final Everything everything;
    private final Standings changes = new Standings();
    private final Standings baseline = new Standings();
    private final Map<String, Standings> cohorts = new ConcurrentHashMap<>();
    private final AtomicInteger cohortsSeen = new AtomicInteger();
    private final Standings otherCohorts = new Standings();
    private final Map<String, AtomicLongArray> losses;
    private final LongAdder beyondCap = new LongAdder();
    private final Ages ages = new Ages();

    private final RateGuard guard;
    private final Queue<RateGuard.Watched> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final ReentrantLock emptying = new ReentrantLock();
    private volatile boolean alarmed;

    /// The exposures of all generations together.
    record Everything(Standings changes, Standings baseline) {}

    /// @param everything counts along
    Ledger(Criteria criteria, Everything everything) {
        this.criteria = criteria;
        this.everything = everything;
        guard = new RateGuard(criteria.rate(), MAX_OPEN);
        losses = new ConcurrentHashMap<>();
        criteria.budgets().keySet().forEach(currency -> losses.put(currency, new AtomicLongArray(Losses.BUCKETS)));
    }

    /// The changes of a cohort.
    Standings cohort(String name) {
        Standings known = cohorts.get(name);
        if (known == null && cohorts.size() < MAX_COHORTS) {
            known = cohorts.computeIfAbsent(name,
                    absent -> cohortsSeen.getAndIncrement() < MAX_COHORTS ? new Standings() : null);
        }
        return known == null ? otherCohorts : known;
    }

    /// Begins an exposure that was equal at once, or is settled by the first look in another way.
    void begin(Exposure.Kind kind, Standings cohort, Exposure.Standing standing) {
        enter(kind, cohort, standing);
        if (standing == Exposure.Standing.GOOD) {
            watch(GOOD);
        }
    }

    /// Begins an exposure that may change its standing, or is bad. It is counted before it can be seen: whoever sees it may settle it at once.
    ///
    /// @param shown lets others see it, unless somebody else was first
    /// @return whether it was shown; if not, it never was
    boolean begin(Exposure exposure, BooleanSupplier shown) {
        Exposure.Standing standing = exposure.exactly();
        enter(exposure.kind, exposure.cohort, standing);
        if (!shown.getAsBoolean()) {
            leave(exposure.kind, exposure.cohort, standing);
            return false;
        }
        watch(exposure);
        return true;
    }

    void enter(Exposure.Kind kind, Standings cohort, Exposure.Standing standing) {
        if (kind == Exposure.Kind.BASELINE) {
            baseline.enter(standing);
            everything.baseline().enter(standing);
        } else {
            changes.enter(standing);
            everything.changes().enter(standing);
            cohort.enter(standing);
        }
    }

    void leave(Exposure.Kind kind, Standings cohort, Exposure.Standing standing) {
        if (kind == Exposure.Kind.BASELINE) {
            baseline.leave(standing);
            everything.baseline().leave(standing);
        } else {
            changes.leave(standing);
            everything.changes().leave(standing);
            cohort.leave(standing);
        }
    }

    /// Takes down what a settled exposure would have cost. Money is about changes.
    void lost(Exposure exposure, SortedMap<String, Long> lost) {
        if (exposure.kind == Exposure.Kind.BASELINE) {
            return;
        }
        lost.forEach((currency, amount) -> {
            Criteria.Budget budget = criteria.budgets().get(currency);
            AtomicLongArray counts = losses.get(currency);
            if (budget != null && counts != null && amount > 0) {
                counts.incrementAndGet(Losses.bucket(amount, budget.cap()));
                if (amount > budget.cap()) {
                    beyondCap.increment();
                }
            }
        });
    }

    /// A compared read of a changed key.
    void read(long sinceChangeNanos, boolean wrong) {
        ages.read(sinceChangeNanos, wrong);
    }

    /// Whether the guard has raised its alarm; asks it anew unless someone else just does.
    boolean alarmed() {
        if (emptying.tryLock()) {
            try {
                empty();
                alarmed |= guard.alarmed();
            } finally {
                emptying.unlock();
            }
        }
        return alarmed;
    }

    SequencedMap<Duration, Assessment.Age> ages() {
        return ages.snapshot();
    }

    /// What was counted here; the rest of the totals as given.
    Totals totals(long seeds, long seedsMissed, long runs, long shed, boolean lawsIntact) {
        SortedMap<String, Counts> byCohort = new TreeMap<>();
        cohorts.forEach((name, standings) -> byCohort.put(name, standings.snapshot()));
        Counts others = otherCohorts.snapshot();
        if (!others.equals(Counts.NONE)) {
            byCohort.merge(OTHER, others, Counts::plus);
        }
        SortedMap<String, Losses> byCurrency = new TreeMap<>();
        losses.forEach((currency, counts) -> {
            long[] copy = new long[Losses.BUCKETS];
            for (int i = 0; i < copy.length; i++) {
                copy[i] = counts.get(i);
            }
            byCurrency.put(currency, Losses.of(copy));
        });
        return new Totals(changes.snapshot(), baseline.snapshot(), byCohort, byCurrency, beyondCap.sum(), seeds,
                seedsMissed, runs, shed, lawsIntact, alarmed());
    }

    private void watch(RateGuard.Watched exposure) {
        waiting.add(exposure);
        if (waitingCount.incrementAndGet() > MAX_WAITING && emptying.tryLock()) {
            try {
                empty();
            } finally {
                emptying.unlock();
            }
        }
    }

    private void empty() {
        for (RateGuard.Watched next = waiting.poll(); next != null; next = waiting.poll()) {
            waitingCount.decrementAndGet();
            guard.add(next);
        }
    }
}
