package io.datadrivenchanges.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Function;

import io.datadrivenchanges.experiment.verdict.Criteria;
import org.jspecify.annotations.Nullable;

/// The candidates of one experiment, and what is common to them: whether it is on, its stage, its timing. Thread-safe.
final class Panel<I extends @Nullable Object, C extends @Nullable Object> {

    private static final int PERCENT = 100;

    final RunningLaboratory laboratory;
    final String name;
    final Timing timing;
    final Criteria criteria;
    /// The one that may answer; `null` if none can.
    private final @Nullable Candidate<I, C, ?> serving;
    /// The one whose evidence moves the stage; `null` if there is none.
    private final @Nullable Candidate<I, C, ?> judged;
    /// Moves the stage by evidence; `null` if nobody asked for that.
    private final @Nullable StageKeeper keeper;
    private final List<Candidate<I, C, ?>> candidates;
    private final Candidate<I, C, ?>[] each;
    private final Function<? super I, ? extends @Nullable Object> key;
    private volatile Share share = Share.ALL;
    private boolean laboratoryOn = true;
    private boolean switchedOff;
    private volatile boolean on;
    private volatile boolean unknownTold;

    @SuppressWarnings("unchecked") // an array of candidates of this experiment
    Panel(Draft.Head<I, C> head) {
        laboratory = head.laboratory;
        name = head.name;
        key = head.key;
        timing = new Timing(head.latencyTracked, head.strict);
        criteria = head.criteria;
        List<Candidate<I, C, ?>> all = new ArrayList<>();
        for (Plan<I, C, ?> plan : head.plans()) {
            all.add(new Candidate<>(this, plan, head.control));
        }
        candidates = List.copyOf(all);
        each = candidates.toArray(Candidate[]::new);
        serving = candidates.stream().filter(candidate -> candidate.plan.serve != null).findFirst().orElse(null);
        judged = serving != null || candidates.isEmpty() ? serving : candidates.getFirst();
        keeper = judged == null ? null : laboratory.keeper(name, judged.statistics, criteria);
        on = isInhabited();
        if (isInhabited()) {
            laboratory.time.schedule(Timing.TICK, this::tick);
        }
    }

    /// Whether calls are runs at all, but for the stage.
    boolean isOn() {
        return on;
    }

    /// The stage of a call, which is OFF while its calls are no runs.
    ///
    /// @return `null` if it cannot be told; the call has then been counted as `gate_failed`
    @Nullable
    Stage stageOrOff() {
        return on ? stage() : Stage.OFF;
    }

    /// The stage of a call while [#isOn].
    ///
    /// @return `null` if it cannot be told; the call has then been counted as `gate_failed`
    @Nullable
    Stage stage() {
        Stage stage;
        try {
            stage = laboratory.stages.stage(name);
            if (stage == null) {
                return unknownStage();
            }
        } catch (Throwable failure) {
            laboratory.trouble(name, Operation.STAGE, failure);
            if (laboratory.defaultStage == null) {
                start();
                endAll(Tally.End.GATE_FAILED);
            }
            stage = laboratory.defaultStage;
        }
        return keeper == null || stage == null ? stage : keeper.effective(stage);
    }

    /// Looks whether the stage is to move; may wait for the store.
    void tickStage() {
        if (keeper != null) {
            keeper.tick();
        }
    }

    /// Counts the start of the runs of a call.
    ///
    /// @return see [Counters#increment]
    long start() {
        long n = each[0].tally.start();
        for (int i = 1; i < each.length; i++) {
            each[i].tally.start();
        }
        return n;
    }

    /// Begins the runs of a call whose start has been counted.
    ///
    /// @return `null` if nothing is to be compared
    @Nullable
    Run<C> begin(I input, @Nullable Sampling override, long n) {
        if (timing.isThinned(n) || !isInShare(override)) {
            endAll(Tally.End.SAMPLED_OUT);
            return null;
        }
        Run<C> runs = null;
        for (int i = each.length - 1; i >= 0; i--) {
            runs = each[i].begin(input, override, runs);
        }
        return runs;
    }

    /// Whether a call may be compared, as far as the share that was set says.
    boolean isInShare(@Nullable Sampling override) {
        return override == Sampling.FORCE || share.take(name, 0);
    }

    /// Sets which share of the calls is compared at most, whatever the samplers say.
    void share(double of) {
        share = Share.of(of, false);
    }

    /// The share of the calls that is compared at most.
    double share() {
        return share.share();
    }

    /// Counts the runs of all but one candidate as left out.
    void leaveOut(@Nullable Candidate<I, C, ?> but) {
        for (Candidate<I, C, ?> candidate : each) {
            if (candidate != but) {
                candidate.end(Tally.End.SAMPLED_OUT);
            }
        }
    }

    /// The candidate that answers for this input at this stage; `null` = the control does.
    @Nullable
    Candidate<I, C, ?> serving(I input, @Nullable Stage stage) {
        return serving != null && stage != null && isServed(input, stage) ? serving : null;
    }

    /// What the input is known by; `null` if that cannot be told.
    @Nullable
    Object key(I input) {
        try {
            return key.apply(input);
        } catch (Throwable thrown) {
            laboratory.trouble(name, Operation.KEY, thrown);
            return null;
        }
    }

    /// The hash of the input's key, evenly spread; different from experiment to experiment.
    long keyHash(I input) {
        Object value = key.apply(input);
        long bits = value instanceof Long || value instanceof Integer
                ? ((Number) value).longValue()
                : Objects.hashCode(value);
        return mixed(bits ^ (long) name.hashCode() << Integer.SIZE);
    }

    /// The totals. What a reference did is shown beside the candidates, and not added up with them.
    Summary summary() {
        List<Summary.Side> sides = new ArrayList<>();
        SequencedMap<String, Long> totals = new Tally().snapshot();
        for (Candidate<I, C, ?> candidate : candidates) {
            SequencedMap<String, Long> counts = candidate.tally.snapshot();
            sides.add(new Summary.Side(candidate.plan.candidateName, candidate.plan.reference, counts,
                    candidate.durations.snapshot(), candidate.rechecked(), candidate.statistics.exposed(),
                    assessment(candidate)));
            if (!candidate.plan.reference) {
                for (Map.Entry<String, Long> count : counts.entrySet()) {
                    totals.merge(count.getKey(), count.getValue(), Long::sum);
                }
            }
        }
        return new Summary(name, laboratory.stageOf(name), on, totals, timing.control.snapshot(), sides,
                timing.timedOneIn(), Math.round(timing.overheadNanos()), timing.overhead());
    }

    private Assessment assessment(Candidate<I, C, ?> candidate) {
        if (candidate != judged || keeper == null) {
            return candidate.statistics.assessment(null);
        }
        Assessment assessment = candidate.statistics.assessment(keeper.fleet());
        return keeper.awaitsAudit() ? assessment.awaitingAudit() : assessment;
    }

    boolean isInhabited() {
        return !candidates.isEmpty();
    }

    boolean isQuiet() {
        for (Candidate<I, C, ?> candidate : candidates) {
            if (!candidate.isQuiet()) {
                return false;
            }
        }
        return true;
    }

    /// The kill switch was moved. Switching on is also how an experiment that has switched itself off is let in again.
    synchronized void switched(boolean to) {
        if (to && !laboratoryOn) {
            switchedOff = false;
            timing.forgive();
        }
        laboratoryOn = to;
        on = isInhabited() && laboratoryOn && !switchedOff;
    }

    /// The experiment switches itself off.
    void switchOff(String why) {
        synchronized (this) {
            if (switchedOff) {
                return;
            }
            switchedOff = true;
            on = false;
        }
        laboratory.notice(name, "switched itself off: " + why);
    }

    void close() {
        candidates.forEach(Candidate::close);
    }

    /// A key that cannot be told belongs to nobody's share.
    private boolean isServed(I input, Stage stage) {
        if (stage != Stage.CANARY) {
            return stage == Stage.LIVE || stage == Stage.COMPLETE;
        }
        try {
            // Mixed once more, lest a sticky sampler take just the canaries.
            long place = Long.remainderUnsigned(mixed(keyHash(input)), PERCENT);
            return place < laboratory.stages.canaryPercent(name);
        } catch (Throwable thrown) {
            laboratory.trouble(name, Operation.KEY, thrown);
            return false;
        }
    }

    private Stage unknownStage() {
        if (!unknownTold) {
            unknownTold = true;
            laboratory.notice(name, "its stage is not known and taken as " + laboratory.unknownStage());
        }
        return laboratory.unknownStage();
    }

    private void endAll(Tally.End end) {
        for (Candidate<I, C, ?> candidate : each) {
            candidate.end(end);
        }
    }

    private void tick() {
        Timing.Measure measure = timing.tick();
        if (measure == Timing.Measure.HALVE) {
            laboratory.notice(name, "compares every second call only: it adds more than 3 % to the control's time");
        } else if (measure == Timing.Measure.SWITCH_OFF) {
            switchOff("it adds more than 3 % to the control's time, even at half the calls");
        }
        if (!laboratory.isClosed()) {
            laboratory.time.schedule(Timing.TICK, this::tick);
        }
    }

    /// The finaliser of SplitMix64: every bit of the input changes every bit of the output with probability one half.
    private static long mixed(long bits) {
        long z = bits + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
