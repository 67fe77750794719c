package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/// One call of an experiment, from its start to its one finding.
///
/// The caller runs the control while a worker reads the candidate; whoever comes second sees to the comparison, which is
/// always done on a worker. If the values differ, the candidate is read once more and judged anew. Three things are decided by a
/// compare-and-set each, so that time-outs, cancelling and closing cannot break the counts: who may start the candidate
/// (`claimed`), what came of it (`candidate`), and how the run ends (`finished`). The permit is given back when the caller and every
/// task of the run have left. Nothing in here throws at a caller.
final class Run<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object> {

    private static final long UNKNOWN_VERSION = -1;

    private final ShadowExperiment<I, C, D, ?> experiment;
    private final Draft<I, C, D, ?> plan;
    private final RunningLaboratory laboratory;
    private final Time time;
    private final I input;
    private final long submitted;
    private final ContextPropagator.@Nullable Restore context;

    private final AtomicBoolean claimed = new AtomicBoolean();
    private final AtomicBoolean finished = new AtomicBoolean();
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger holds = new AtomicInteger(2);
    private final AtomicReference<@Nullable Read<D>> candidate = new AtomicReference<>();
    private volatile @Nullable Seen control;
    private volatile @Nullable Guard reading;
    private @Nullable Throwable fatal;

    /// What a read of the candidate came to.
    private record Read<D extends @Nullable Object>(Outcome<D> outcome, long nanos) {}

    /// What a behaviour did, reduced to what is compared and kept. `trouble` is why it cannot be compared.
    private record Seen(Outcome<? extends @Nullable Object> outcome, long version, @Nullable Duration staleness,
            long nanos, Finding.@Nullable ComparisonFailed trouble) {

        Seen(Outcome<? extends @Nullable Object> outcome, long nanos) {
            this(outcome, UNKNOWN_VERSION, null, nanos, null);
        }

        Report.Observation observation() {
            return new Report.Observation(outcome, version, staleness, Duration.ofNanos(nanos));
        }
    }

    private record Judgement(Seen seen, Finding finding) {}

    Run(ShadowExperiment<I, C, D, ?> experiment, I input, long submitted) {
        this.experiment = experiment;
        this.input = input;
        this.submitted = submitted;
        plan = experiment.plan;
        laboratory = experiment.laboratory;
        time = laboratory.time;
        context = capture();
    }

    /// Hands the candidate to the workers; on the caller's thread.
    void submit() {
        if (!experiment.workers.submit(this::readCandidate)) {
            abandon(Reason.CANCELLED);
            leave();
        }
    }

    /// The control has returned; on the caller's thread, before the caller gets the value.
    void controlReturned(C value, long startedNanos) {
        try {
            long nanos = elapsed(startedNanos);
            experiment.controlDurations.record(nanos);
            control = seenControl(value, nanos);
            controlArrived();
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            leave();
        }
    }

    /// The control has thrown; on the caller's thread, before the caller gets the exception.
    void controlThrew(Throwable thrown, long startedNanos) {
        try {
            long nanos = elapsed(startedNanos);
            experiment.controlDurations.record(nanos);
            control = new Seen(new Outcome.Threw<>(thrown), nanos);
            controlArrived();
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            leave();
        }
    }

    /// Ends the run here and now, whatever is still going on in it; on any thread.
    void abandon(Reason why) {
        claimed.set(true);
        finish(new Finding.NotCompared(why), null);
    }

    /// Ends the run if its candidate has been waiting for a worker for too long; on the timer's thread.
    void shedIfOverdue() {
        if (overdue() && claimed.compareAndSet(false, true)) {
            resolve(new Outcome.NotRun<>(Reason.SHED));
        }
    }

    private void controlArrived() {
        if (Thread.currentThread().isInterrupted()) {
            cancelCandidate();
        }
        if (!isLastToArrive()) {
            return;
        }
        if (isComparable(candidateRead())) {
            holds.incrementAndGet();
            if (!experiment.workers.submit(this::judgeOnWorker)) {
                abandon(Reason.CANCELLED);
                leave();
            }
        } else {
            endWithoutComparison();
        }
    }

    private void cancelCandidate() {
        boolean notStarted = claimed.compareAndSet(false, true);
        if (resolve(new Outcome.NotRun<>(Reason.CANCELLED)) && !notStarted) {
            cancel(reading);
        }
    }

    private void cancel(@Nullable Guard step) {
        if (step != null && step.cancel()) {
            experiment.workerStuck();
        }
    }

    /// The first task on a worker.
    private void readCandidate() {
        try {
            if (claimed.compareAndSet(false, true)) {
                if (overdue()) {
                    resolve(new Outcome.NotRun<>(Reason.SHED));
                } else {
                    Read<D> read = read(true);
                    if (read != null && candidate.compareAndSet(null, read) && isLastToArrive()) {
                        judge();
                    }
                }
            }
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            leave();
        }
        rethrowFatal();
    }

    /// The second task on a worker, if the control came after the candidate.
    private void judgeOnWorker() {
        try {
            judge();
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            leave();
        }
        rethrowFatal();
    }

    private void firstReadTimedOut() {
        experiment.workerStuck();
        resolve(new Outcome.TimedOut<>(plan.shadow.timeout()));
    }

    /// Settles that nothing comparable came of the candidate; ends the run if the control is there.
    private boolean resolve(Outcome<D> outcome) {
        if (!candidate.compareAndSet(null, new Read<>(outcome, 0))) {
            return false;
        }
        if (isLastToArrive()) {
            endWithoutComparison();
        }
        return true;
    }

    private boolean isLastToArrive() {
        return arrived.incrementAndGet() == 2;
    }

    private void endWithoutComparison() {
        Outcome<D> outcome = candidateRead().outcome();
        if (outcome instanceof Outcome.NotRun<D> not) {
            finish(new Finding.NotCompared(not.why()), null);
        } else {
            finish(new Finding.CandidateFailed(outcome, controlThrew() != null), new Seen(outcome, 0));
        }
    }

    private void judge() {
        if (finished.get()) {
            return;
        }
        Judgement first = judged(candidateRead(), false);
        if (first == null || !(first.finding() instanceof Finding.Mismatch)) {
            finish(first);
            return;
        }
        Read<D> again = read(false);
        if (again != null) {
            finish(judged(again, true));
        }
    }

    private void secondReadTimedOut() {
        experiment.workerStuck();
        Outcome<D> late = new Outcome.TimedOut<>(plan.shadow.timeout());
        finish(new Finding.CandidateFailed(late, false), new Seen(late, 0));
    }

    /// Reads the candidate, within the deadline.
    ///
    /// @return `null` if it did not end in time; the guard has then seen to the rest
    private @Nullable Read<D> read(boolean first) {
        Guard step = new Guard(time, plan.shadow.timeout(), first ? this::firstReadTimedOut : this::secondReadTimedOut);
        reading = step;
        if (first && candidate.get() != null) {
            cancel(step);
        }
        long started = time.nanos();
        Outcome<D> outcome;
        AutoCloseable applied = applyContext();
        try {
            outcome = new Outcome.Returned<>(plan.candidate.call(input));
        } catch (Throwable thrown) {
            outcome = new Outcome.Threw<>(thrown);
            noteFatal(thrown);
        }
        long nanos = elapsed(started);
        closeContext(applied);
        reading = null;
        if (!endStep(step)) {
            return null;
        }
        experiment.candidateDurations.record(nanos);
        return new Read<>(outcome, nanos);
    }

    /// Compares what the control did with a read of the candidate, within the deadline.
    ///
    /// @return `null` if that did not end in time; the guard has then seen to the rest
    private @Nullable Judgement judged(Read<D> read, boolean second) {
        Guard step = new Guard(time, plan.shadow.timeout(), this::comparisonTimedOut);
        Judgement judgement = null;
        try {
            Seen left = Objects.requireNonNull(control);
            Seen right = seenCandidate(read);
            judgement = new Judgement(right, compare(left, right, second));
        } catch (Throwable failure) {
            noteFatal(failure);
            judgement = new Judgement(new Seen(new Outcome.NotRun<>(Reason.CANCELLED), read.nanos()),
                    new Finding.ComparisonFailed(Operation.LABORATORY, failure));
        }
        return endStep(step) ? judgement : null;
    }

    private void comparisonTimedOut() {
        experiment.workerStuck();
        finish(new Finding.ComparisonFailed(Operation.COMPARE,
                new TimeoutException("the comparison took longer than " + plan.shadow.timeout())), null);
    }

    private boolean endStep(Guard step) {
        boolean inTime = step.end();
        if (!inTime) {
            experiment.workerFreed();
        }
        return inTime;
    }

    private Finding compare(Seen left, Seen right, boolean second) {
        if (right.outcome() instanceof Outcome.Threw<?> candidateThrew) {
            if (!(left.outcome() instanceof Outcome.Threw<?> controlThrew)) {
                return new Finding.CandidateFailed(candidateThrew, false);
            }
            return alike(controlThrew.error(), candidateThrew, second);
        }
        if (left.outcome() instanceof Outcome.Threw<?> controlThrew) {
            return new Finding.ControlFailed(controlThrew.error());
        }
        if (left.trouble() != null) {
            return left.trouble();
        }
        if (right.trouble() != null) {
            return right.trouble();
        }
        Comparison comparison;
        try {
            comparison = plan.comparing.judge(value(left), value(right));
        } catch (Throwable thrown) {
            return comparisonFailed(Operation.COMPARE, thrown);
        }
        return switch (comparison) {
            case Comparison.Equal equal -> new Finding.Match(second);
            case Comparison.Differs differs -> new Finding.Mismatch(differs);
            case Comparison.Incomparable incomparable -> new Finding.Incomparable(incomparable.why());
        };
    }

    /// Two exceptions of the same class and message count as the same answer.
    private Finding alike(Throwable controlThrew, Outcome.Threw<?> candidateThrew, boolean second) {
        try {
            boolean same = controlThrew.getClass() == candidateThrew.error().getClass()
                    && Objects.equals(controlThrew.getMessage(), candidateThrew.error().getMessage());
            return same ? new Finding.Match(second) : new Finding.CandidateFailed(candidateThrew, true);
        } catch (Throwable thrown) {
            return comparisonFailed(Operation.COMPARE, thrown);
        }
    }

    private Seen seenControl(C value, long nanos) {
        long version = UNKNOWN_VERSION;
        try {
            version = plan.controlVersion.applyAsLong(value);
        } catch (Throwable thrown) {
            laboratory.trouble(plan.name, Operation.VERSION, thrown);
        }
        try {
            return new Seen(returned(plan.comparing.ofControl(value)), version, null, nanos, null);
        } catch (Throwable thrown) {
            return new Seen(returned(null), version, null, nanos,
                    comparisonFailed(Operation.PROJECT, thrown));
        }
    }

    private Seen seenCandidate(Read<D> read) {
        if (!(read.outcome() instanceof Outcome.Returned<D> returned)) {
            return new Seen(read.outcome(), read.nanos());
        }
        D value = returned.value();
        long version = UNKNOWN_VERSION;
        try {
            version = plan.candidateVersion.applyAsLong(value);
        } catch (Throwable thrown) {
            noteFatal(thrown);
            laboratory.trouble(plan.name, Operation.VERSION, thrown);
        }
        Duration staleness = null;
        try {
            staleness = plan.staleness.apply(value);
        } catch (Throwable thrown) {
            noteFatal(thrown);
            laboratory.trouble(plan.name, Operation.FRESHNESS, thrown);
        }
        try {
            return new Seen(returned(plan.comparing.ofCandidate(value)), version, staleness,
                    read.nanos(), null);
        } catch (Throwable thrown) {
            noteFatal(thrown);
            return new Seen(returned(null), version, staleness, read.nanos(),
                    comparisonFailed(Operation.PROJECT, thrown));
        }
    }

    private Finding.ComparisonFailed comparisonFailed(Operation at, Throwable thrown) {
        noteFatal(thrown);
        laboratory.trouble(plan.name, at, thrown);
        return new Finding.ComparisonFailed(at, thrown);
    }

    /// The library itself failed: the run ends all the same.
    private void failed(Throwable failure) {
        laboratory.trouble(plan.name, Operation.LABORATORY, failure);
        finish(new Finding.ComparisonFailed(Operation.LABORATORY, failure), null);
    }

    private void finish(@Nullable Judgement judgement) {
        if (judgement != null) {
            finish(judgement.finding(), judgement.seen());
        }
    }

    private void finish(Finding finding, @Nullable Seen observed) {
        if (!finished.compareAndSet(false, true)) {
            return;
        }
        Seen left = control;
        Cause cause = finding instanceof Finding.Mismatch && left != null && observed != null
                ? Cause.of(left.version(), observed.version())
                : null;
        try {
            if (left != null && !(finding instanceof Finding.NotCompared)) {
                Seen right = observed != null ? observed : new Seen(new Outcome.NotRun<>(Reason.CANCELLED), 0);
                laboratory.publish(finding, at -> new Report.Result(plan.name, plan.candidateName, at, key(),
                        finding, cause, left.observation(), right.observation()));
            }
        } finally {
            experiment.ended(Tally.End.of(finding, cause));
        }
    }

    private @Nullable Object key() {
        try {
            return plan.key.apply(input);
        } catch (Throwable thrown) {
            laboratory.trouble(plan.name, Operation.KEY, thrown);
            return input;
        }
    }

    private void leave() {
        if (holds.decrementAndGet() == 0) {
            experiment.leave(this);
        }
    }

    private boolean overdue() {
        return time.nanos() - submitted > plan.shadow.timeout().toNanos();
    }

    private long elapsed(long startedNanos) {
        return Math.max(1, time.nanos() - startedNanos);
    }

    private Read<D> candidateRead() {
        return Objects.requireNonNull(candidate.get());
    }

    private @Nullable Throwable controlThrew() {
        Seen left = control;
        return left != null && left.outcome() instanceof Outcome.Threw<?> threw ? threw.error() : null;
    }

    private static boolean isComparable(Read<?> read) {
        return read.outcome() instanceof Outcome.Returned<?> || read.outcome() instanceof Outcome.Threw<?>;
    }

    private static Outcome<@Nullable Object> returned(@Nullable Object part) {
        return new Outcome.Returned<@Nullable Object>(part);
    }

    private static @Nullable Object value(Seen seen) {
        return seen.outcome() instanceof Outcome.Returned<?> returned ? returned.value() : null;
    }

    private ContextPropagator.@Nullable Restore capture() {
        try {
            return laboratory.propagator.capture();
        } catch (Throwable thrown) {
            laboratory.trouble(plan.name, Operation.PROPAGATE, thrown);
            return null;
        }
    }

    private @Nullable AutoCloseable applyContext() {
        try {
            return context == null ? null : context.apply();
        } catch (Throwable thrown) {
            noteFatal(thrown);
            laboratory.trouble(plan.name, Operation.PROPAGATE, thrown);
            return null;
        }
    }

    private void closeContext(@Nullable AutoCloseable applied) {
        try {
            if (applied != null) {
                applied.close();
            }
        } catch (Throwable thrown) {
            noteFatal(thrown);
            laboratory.trouble(plan.name, Operation.PROPAGATE, thrown);
        }
    }

    private void noteFatal(Throwable thrown) {
        if (thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError)) {
            fatal = thrown;
        }
    }

    /// An error that says the process is in danger must be seen by whoever watches threads end; the run has been counted.
    private void rethrowFatal() {
        if (fatal instanceof VirtualMachineError error) {
            throw error;
        }
    }
}
