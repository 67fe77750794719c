package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/// One candidate of a running experiment: decides which calls it takes part in, is read, answers, and takes what its runs end in.
/// Contains whatever the plan's functions throw. Thread-safe.
final class Candidate<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object> {

    /// What the candidate answers itself is compared this seldom, unless a sampler was given: each comparison calls the control.
    private static final Sampler SERVED = Sampler.ratio(0.01);

    final Plan<I, C, D> plan;
    final RunningLaboratory laboratory;
    final Judge<I, C, D> judge;
    final Tally tally = new Tally();
    final Histogram durations = new Histogram();
    final Outcome<D> notRun = new Outcome.NotRun<>(Reason.CANCELLED);
    private final Panel<I, C> panel;
    final Statistics<I, C, D> statistics;
    private final Rechecking<I, C, D> rechecking;
    private final List<Aftermath<I, C, D>> aftermaths;
    private final boolean matchesWanted;
    /// Runs that are being counted and handed on.
    private final AtomicInteger unfinished = new AtomicInteger();
    /// `null` if it was never meant to run inline.
    private final @Nullable Watch watch;
    /// Its workers; `null` as long as it runs inline.
    private volatile @Nullable Bench bench;
    /// Workers to compare what it has answered itself; `null` if it cannot answer.
    private final @Nullable Bench behind;

    /// @param control to be read again
    Candidate(Panel<I, C> panel, Plan<I, C, D> plan, Fn<I, C, ?> control) {
        this.panel = panel;
        this.plan = plan;
        laboratory = panel.laboratory;
        judge = new Judge<>(plan, this::trouble);
        rechecking = new Rechecking<>(this, control);
        statistics = new Statistics<>(this, panel.criteria);
        aftermaths = List.of(statistics, rechecking);
        matchesWanted = plan.strict || plan.afterRun != null || (plan.published && laboratory.wantsMatches());
        switch (plan.shadow) {
            case Shadow.Inline inline -> {
                watch = new Watch(laboratory.time, this::detach);
                behind = plan.serve == null ? null : newBench(Shadow.Detached.STANDARD);
            }
            case Shadow.Detached detached -> {
                watch = null;
                bench = newBench(detached);
                behind = bench;
            }
        }
    }

    /// Begins a run whose start has been counted, if this call is to be compared; else counts why not.
    ///
    /// @param next runs of the same call
    /// @return the run followed by `next`, or `next` alone
    @Nullable
    Run<C> begin(I input, @Nullable Sampling override, @Nullable Run<C> next) {
        if (isFiltered(input) || !isSampled(input, override, plan.sampler)) {
            return next;
        }
        Bench workers = bench;
        if (workers == null && watch != null) {
            return before(input) ? new InlineRun<>(this, input, notRun, next) : next;
        }
        if (workers == null || !workers.tryAcquire()) {
            end(Tally.End.SHED);
            return next;
        }
        if (!before(input)) {
            workers.release();
            return next;
        }
        return new DetachedRun<>(this, workers, input, next);
    }

    /// Reads it on the thread of a caller who waits for it.
    ///
    /// @return `NotRun` if that is no longer done, or too many are stuck for one more to be watched
    Outcome<D> readInline(I input) {
        return watch == null ? read(input) : watch.read(this, input);
    }

    /// Some moment before now, for the price of a field.
    long before() {
        return watch == null ? nanos() : watch.before();
    }

    /// Reads it, whatever that takes.
    Outcome<D> read(I input) {
        try {
            return new Outcome.Returned<>(plan.candidate.call(input));
        } catch (Throwable thrown) {
            return new Outcome.Threw<>(thrown);
        }
    }

    /// Whether it may answer callers: it can, and was not detached for getting stuck.
    boolean mayServe() {
        return plan.serve != null && (watch == null || bench == null);
    }

    /// What the outcome of a read is good for.
    Served<C> served(Outcome<D> outcome) {
        return switch (outcome) {
            case Outcome.Returned<D> returned -> served(returned.value());
            case Outcome.Threw<D> threw -> new Served.Fallback<>("error");
            case Outcome.TimedOut<D> late -> new Served.Fallback<>("timed_out");
            case Outcome.NotRun<D> not -> new Served.Fallback<>("shed");
        };
    }

    /// Compares an answer that it gave itself, if the sampler says so, with what the control says behind the caller's back. The run's start
    /// has been counted.
    void compareBehind(I input, Stage stage, @Nullable Sampling override, Seen<D> answered, Fn<I, C, ?> control) {
        if (behind == null) {
            return;
        }
        if (!panel.isInShare(override)) {
            end(Tally.End.SAMPLED_OUT);
            return;
        }
        if (!isSampled(input, override, plan.sampler == null ? SERVED : plan.sampler)) {
            return;
        }
        if (behind.tryAcquire()) {
            new BehindRun<>(this, behind, input, stage, answered, control).submit();
        } else {
            end(Tally.End.SHED);
        }
    }

    /// Whether nobody wants to see more of a finding than its count.
    boolean isForgotten(Finding finding) {
        return finding instanceof Finding.Match && !matchesWanted;
    }

    /// Counts a run that has ended in nothing worth keeping.
    void end(Tally.End end) {
        tally.end(end);
    }

    /// Counts a match that nobody wants to see more of. Does not throw.
    ///
    /// @param part the control's projection
    /// @param nanos some moment not long before now
    void endMatched(Finding match, I input, C value, @Nullable Object part, Outcome<D> answer, long nanos) {
        statistics.matched(input, value, part, answer, nanos);
        end(Tally.End.of(match));
    }

    /// Counts a run in which the library itself failed.
    void endFailed(Throwable failure) {
        trouble(Operation.LABORATORY, failure);
        end(Tally.End.COMPARISON_FAILED);
    }

    /// Takes what a run has ended in: publishes it, counts it, hands it on. Does not throw.
    ///
    /// @return what a strict experiment throws
    @Nullable
    Error end(Ended<I, C, D> run) {
        Error error = null;
        try {
            error = laboratory.publish(run);
        } catch (Throwable failure) {
            trouble(Operation.LABORATORY, failure);
        }
        unfinished.incrementAndGet();
        try {
            end(Tally.End.of(run.finding()));
            Amount cost = run.cost();
            for (Aftermath<I, C, D> aftermath : aftermaths) {
                try {
                    aftermath.ended(run, cost);
                } catch (Throwable failure) {
                    trouble(Operation.LABORATORY, failure);
                }
            }
        } finally {
            unfinished.decrementAndGet();
        }
        return error;
    }

    /// Counts what a mismatch turned out to be, and hands it on. Does not throw.
    void settle(Ended<I, C, D> run, Rechecks.Settled settled) {
        tally.settle(Tally.Settling.of(settled.settlement()), settled.mismatches());
        for (Aftermath<I, C, D> aftermath : aftermaths) {
            try {
                aftermath.settled(run, settled);
            } catch (Throwable failure) {
                trouble(Operation.LABORATORY, failure);
            }
        }
    }

    /// What its re-checks came to.
    Summary.Rechecked rechecked() {
        return rechecking.snapshot();
    }

    /// The deadline of one read, and of one comparison, on a worker.
    Duration timeout() {
        return switch (plan.shadow) {
            case Shadow.Inline inline -> Shadow.Detached.STANDARD.timeout();
            case Shadow.Detached detached -> detached.timeout();
        };
    }

    /// What is kept of the control; on the caller's thread, where the value is still as the control returned it.
    Seen<C> seenControl(Outcome<C> outcome, @Nullable Object part, Span span, boolean timed) {
        long version = outcome instanceof Outcome.Returned<C> returned
                ? judge.controlVersion(returned.value())
                : Draft.UNKNOWN_VERSION;
        return new Seen<>(outcome, part, version, null, span, timed);
    }

    /// What is kept of the candidate.
    Seen<D> seen(Outcome<D> outcome, Span span, boolean timed) {
        if (!(outcome instanceof Outcome.Returned<D> returned)) {
            return new Seen<>(outcome, span, timed);
        }
        D value = returned.value();
        Object part = null;
        try {
            part = plan.comparing.ofCandidate(value);
        } catch (Throwable thrown) {
            // The judge has met it, too, and said so.
        }
        return new Seen<>(outcome, part, judge.candidateVersion(value), judge.staleness(value), span, timed);
    }

    /// The hash of the input's key.
    long keyHash(I input) {
        return panel.keyHash(input);
    }

    void trouble(Operation at, Throwable thrown) {
        laboratory.trouble(plan.experiment, at, thrown);
    }

    /// A candidate that has met a fatal error on a caller's thread must not meet a second one.
    void switchOff(String why) {
        panel.switchOff(why);
    }

    long nanos() {
        return laboratory.time.nanos();
    }

    /// Whether every run that has begun is counted, and what it ended in handed on.
    boolean isQuiet() {
        return tally.inFlight() == 0 && unfinished.get() == 0;
    }

    /// Ends what is under way as cancelled, and the threads; what still waits for its control ends with that.
    void close() {
        if (watch != null) {
            watch.stop();
        }
        Bench workers = bench;
        if (workers != null) {
            workers.close();
        }
        if (behind != null) {
            behind.close();
        }
        rechecking.close();
    }

    ContextPropagator.@Nullable Restore captureContext() {
        try {
            return laboratory.propagator.capture();
        } catch (Throwable thrown) {
            trouble(Operation.PROPAGATE, thrown);
            return null;
        }
    }

    @Nullable
    AutoCloseable applyContext(ContextPropagator.@Nullable Restore context) {
        try {
            return context == null ? null : context.apply();
        } catch (Throwable thrown) {
            trouble(Operation.PROPAGATE, thrown);
            return null;
        }
    }

    void closeContext(@Nullable AutoCloseable applied) {
        try {
            if (applied != null) {
                applied.close();
            }
        } catch (Throwable thrown) {
            trouble(Operation.PROPAGATE, thrown);
        }
    }

    private Served<C> served(D value) {
        try {
            return plan.serve == null ? new Served.Fallback<>("error") : plan.serve.apply(value);
        } catch (Throwable thrown) {
            trouble(Operation.SERVE, thrown);
            return new Served.Fallback<>("error");
        }
    }

    private boolean isFiltered(I input) {
        if (plan.gate == null) {
            return false;
        }
        try {
            if (plan.gate.test(input)) {
                return false;
            }
            end(Tally.End.FILTERED);
        } catch (Throwable thrown) {
            gateFailed(Operation.FILTER, thrown);
        }
        return true;
    }

    private boolean isSampled(I input, @Nullable Sampling override, @Nullable Sampler sampler) {
        if (override == Sampling.FORCE || (override == null && sampler == null)) {
            return true;
        }
        try {
            if (override != Sampling.SKIP && sampler != null
                    && sampler.take(plan.experiment, sampler instanceof Share share && !share.byKey()
                            ? 0
                            : panel.keyHash(input))) {
                return true;
            }
            end(Tally.End.SAMPLED_OUT);
        } catch (Throwable thrown) {
            gateFailed(Operation.SAMPLE, thrown);
        }
        return false;
    }

    private boolean before(I input) {
        if (plan.beforeRun == null) {
            return true;
        }
        try {
            plan.beforeRun.accept(input);
            return true;
        } catch (Throwable thrown) {
            gateFailed(Operation.BEFORE, thrown);
            return false;
        }
    }

    private void gateFailed(Operation at, Throwable thrown) {
        trouble(at, thrown);
        end(Tally.End.GATE_FAILED);
    }

    /// It got stuck on callers' threads: from now on it runs on workers.
    private void detach(String why) {
        Bench workers = behind == null ? newBench(Shadow.Detached.STANDARD) : behind;
        bench = workers;
        if (laboratory.isClosed()) {
            workers.close();
        }
        laboratory.notice(plan.experiment, "candidate '" + plan.candidateName + "' runs detached for good: " + why);
    }

    private Bench newBench(Shadow.Detached limits) {
        return new Bench(plan.experiment, limits, laboratory.time, laboratory.workers,
                fatal -> trouble(Operation.LABORATORY, fatal));
    }
}
