package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

import io.datadrivenchanges.experiment.Exposures.Sight;
import io.datadrivenchanges.experiment.verdict.Counts;
import io.datadrivenchanges.experiment.verdict.Criteria;
import io.datadrivenchanges.experiment.verdict.Fleet;
import io.datadrivenchanges.experiment.verdict.Totals;
import io.datadrivenchanges.experiment.verdict.Verdict;
import org.jspecify.annotations.Nullable;

/// What the runs of one candidate say about it: exposures from all of them, money from the mismatches, seeds from some of the
/// matches. Contains whatever the plan's functions throw. Thread-safe; callers wait for nothing, and a match that brings nothing new
/// allocates nothing but what `key` does.
final class Statistics<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
        implements
            Aftermath<I, C, D>,
            StageKeeper.Counting {

    /// Exposures that wait for their settlement; those beyond count as unsettled.
    private static final int MAX_OPEN = 4_096;

    private final Candidate<I, C, D> candidate;
    private final Plan<I, C, D> plan;
    private final Criteria criteria;
    /// `null` if there are no versions: then nothing is known of changes.
    private final @Nullable Exposures exposures;
    private final Map<Change, Exposure> open = new ConcurrentHashMap<>();
    private final Money money;
    private final Seeds<D> seeds = new Seeds<>(() -> ThreadLocalRandom.current().nextLong());
    private final Function<I, String> cohort = this::cohortOf;
    private volatile Beginning beginning;

    /// A version of a key.
    private record Change(long keyHash, long version) {}

    /// Where a generation began.
    private record Beginning(long nanos, long runs, long shed, Seeds.Count seeds) {}

    Statistics(Candidate<I, C, D> candidate, Criteria criteria) {
        this.candidate = candidate;
        this.criteria = criteria;
        plan = candidate.plan;
        money = new Money(
                (currency, total) -> candidate.laboratory.metCurrency(plan.experiment, plan.candidateName, currency,
                        total));
        exposures = plan.controlVersion == null ? null : new Exposures(Exposures.DEFAULT_KEYS, criteria);
        beginning = new Beginning(candidate.nanos(), 0, 0, new Seeds.Count(0, 0));
    }

    /// Takes a match that nobody wants to see more of.
    ///
    /// @param part the control's projection
    /// @param nanos some moment not long before now
    void matched(I input, C value, @Nullable Object part, Outcome<D> answer, long nanos) {
        try {
            if (exposures != null) {
                exposures.read(candidate.keyHash(input), candidate.judge.controlVersion(value), Sight.EQUAL, nanos,
                        input, cohort);
            }
        } catch (Throwable thrown) {
            candidate.trouble(Operation.KEY, thrown);
        }
        if (seeds.isDue()) {
            sow(input, value, part, answer);
        }
    }

    @Override
    public void ended(Ended<I, C, D> run, @Nullable Amount cost) {
        Exposure exposure = exposure(run);
        if (cost != null) {
            lose(cost, exposure);
        } else if (run.finding() instanceof Finding.Match
                && run.control().outcome() instanceof Outcome.Returned<C> returned && seeds.isDue()) {
            sow(run.input(), returned.value(), run.control().part(), run.observed().outcome());
        }
    }

    @Override
    public void settled(Ended<I, C, D> run, Rechecks.Settled settled) {
        if (exposures == null) {
            return;
        }
        try {
            Exposure exposure = open.remove(new Change(candidate.keyHash(run.input()), run.control().version()));
            if (exposure != null) {
                exposure.settle(standing(Tally.Settling.of(settled.settlement())));
            }
        } catch (Throwable thrown) {
            candidate.trouble(Operation.KEY, thrown);
        }
    }

    /// Begins to collect anew, from zero: the code, the configuration or the stage is another one. Money is not concerned.
    @Override
    public void begin() {
        if (exposures != null) {
            exposures.begin(criteria);
        }
        Map<String, Long> counts = candidate.tally.snapshot();
        beginning = new Beginning(candidate.nanos(), count(counts, "runs"), count(counts, "shed"), seeds.total());
    }

    /// Whether the guard has raised its alarm.
    @Override
    public boolean alarmed() {
        return exposures != null && exposures.ledger().alarmed();
    }

    @Override
    public Totals totals() {
        Beginning since = beginning;
        Map<String, Long> counts = candidate.tally.snapshot();
        long runs = Math.max(0, count(counts, "runs") - since.runs());
        long shed = Math.clamp(count(counts, "shed") - since.shed(), 0, runs);
        boolean lawsIntact = count(counts, "in_flight") >= 0 && count(counts, "rechecking") >= 0;
        Seeds.Count sown = seeds.total();
        long missed = Math.max(0, sown.missed() - since.seeds().missed());
        long all = Math.max(missed, sown.sown() - since.seeds().sown());
        return exposures == null
                ? new Totals(Counts.NONE, Counts.NONE, Totals.NONE.cohorts(), Totals.NONE.losses(), 0, all, missed,
                        runs,
                        shed, lawsIntact, false)
                : exposures.ledger().totals(all, missed, runs, shed, lawsIntact);
    }

    /// @param shared what all instances have counted; `null` if they have nothing in common, and this one is judged alone
    Assessment assessment(@Nullable Fleet shared) {
        Fleet fleet = shared == null ? new Fleet(List.of(totals()), span()) : shared;
        return new Assessment(Verdict.of(fleet, criteria), fleet.sum(), fleet.instances().size(), fleet.span(),
                exposures == null ? new Ages().snapshot() : exposures.ledger().ages(), money.snapshot(),
                money.refused());
    }

    /// What this process has counted since its start, whatever generation it belonged to.
    Summary.Exposed exposed() {
        return exposures == null ? Summary.Exposed.NONE : exposures.exposed();
    }

    private Duration span() {
        return Duration.ofNanos(Math.max(0, candidate.nanos() - beginning.nanos()));
    }

    private @Nullable Exposure exposure(Ended<I, C, D> run) {
        Sight sight = switch (run.finding()) {
            case Finding.Match match -> Sight.EQUAL;
            case Finding.Mismatch mismatch -> Sight.UNEQUAL;
            case Finding.CandidateFailed failed -> Sight.FAILED;
            case Finding.ComparisonFailed failed -> Sight.FAILED;
            case Finding.Ignored ignored -> Sight.IGNORED;
            case Finding.ControlFailed failed -> null;
            case Finding.Incomparable incomparable -> null;
            case Finding.NotCompared not -> null;
        };
        if (sight == null || exposures == null) {
            return null;
        }
        try {
            long keyHash = candidate.keyHash(run.input());
            long version = run.control().version();
            Exposure exposure = exposures.read(keyHash, version, sight, run.control().span().ended(), run.input(),
                    cohort);
            if (exposure != null && open.size() >= MAX_OPEN) {
                exposure.settle(Exposure.Standing.UNSETTLED);
            } else if (exposure != null) {
                open.put(new Change(keyHash, version), exposure);
            }
            return exposure;
        } catch (Throwable thrown) {
            candidate.trouble(Operation.KEY, thrown);
            return null;
        }
    }

    private void lose(Amount cost, @Nullable Exposure exposure) {
        money.add(cost.currency(), cost.minorUnits());
        if (exposure != null) {
            exposure.lose(cost.currency(), cost.minorUnits());
        }
    }

    /// Judges a falsified copy of a right answer.
    private void sow(I input, C value, @Nullable Object part, Outcome<D> answer) {
        if (!(answer instanceof Outcome.Returned<D> right)) {
            return;
        }
        try {
            long version = candidate.judge.controlVersion(value);
            Seeds.Fault fault = seeds.next();
            Outcome<D> falsified = switch (fault) {
                case VALUE -> seeds.wrong(other -> differs(right.value(), other));
                case OLD_VERSION -> seeds.wrong(other -> differs(right.value(), other) && isOlder(other, version));
                case EXCEPTION -> new Outcome.Threw<>(new Seeds.SownException());
                case DELAY -> new Outcome.TimedOut<>(Duration.ZERO);
            };
            if (falsified != null) {
                Finding finding = candidate.judge.returned(part, version, falsified, true);
                seeds.judged(fault, candidate.judge.unlessIgnored(finding, input, new Outcome.Returned<>(value),
                        falsified));
            } else if (fault == Seeds.Fault.OLD_VERSION) {
                seeds.skip();
            }
            seeds.keep(right.value());
        } catch (Throwable thrown) {
            candidate.trouble(Operation.LABORATORY, thrown);
        }
    }

    private boolean differs(D right, D other) {
        return !Objects.equals(plan.comparing.ofCandidate(right), plan.comparing.ofCandidate(other));
    }

    private boolean isOlder(D other, long version) {
        long itsVersion = candidate.judge.candidateVersion(other);
        return itsVersion >= 0 && itsVersion < version;
    }

    private String cohortOf(I input) {
        if (plan.cohort == null) {
            return Ledger.OTHER;
        }
        try {
            return Objects.requireNonNull(plan.cohort.apply(input), "cohort");
        } catch (Throwable thrown) {
            candidate.trouble(Operation.COHORT, thrown);
            return Ledger.OTHER;
        }
    }

    private static Exposure.Standing standing(Tally.Settling settling) {
        return switch (settling) {
            case CONVERGED, CANDIDATE_AHEAD -> Exposure.Standing.GOOD;
            case SUPERSEDED -> Exposure.Standing.SUPERSEDED;
            case STALE, DIVERGED -> Exposure.Standing.BAD;
            case UNSETTLED -> Exposure.Standing.UNSETTLED;
        };
    }

    private static long count(Map<String, Long> counts, String key) {
        return counts.getOrDefault(key, 0L);
    }
}
