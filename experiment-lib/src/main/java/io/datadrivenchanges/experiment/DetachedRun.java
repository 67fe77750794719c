package io.datadrivenchanges.experiment;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

/// A run whose candidate is read by a worker while the caller runs the control.
///
/// Whoever comes second, the control's answer or the candidate's, sees to the comparison, which is
/// always done on a worker. If the values differ, the candidate is read once more and judged anew. Three things are decided by a
/// compare-and-set each, so that time-outs, cancelling and closing cannot break the counts: who may start the candidate
/// (`claimed`), what came of it (`candidateSeen`), and how the run ends (`finished`). The permit is given back when the caller and every
/// task of the run have left.
final class DetachedRun<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
        extends
            Run<C>
        implements
            Bench.Task {

    /// A strict caller waits for its candidate: for all the steps there can be, and a queue in front.
    private static final int STRICT_STEPS = 8;

    private final Candidate<I, C, D> candidate;
    private final Bench bench;
    private final I input;
    private final Stage stage;
    private final boolean candidateFirst;
    private final ContextPropagator.@Nullable Restore context;

    private final AtomicBoolean claimed = new AtomicBoolean();
    private final AtomicBoolean finished = new AtomicBoolean();
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger holds = new AtomicInteger(2);
    private final AtomicReference<@Nullable Seen<D>> candidateSeen = new AtomicReference<>();
    private final @Nullable CountDownLatch strictEnd;
    private volatile @Nullable Seen<C> control;
    private volatile @Nullable Guard reading;
    private volatile long submitted;
    private Finding.@Nullable ComparisonFailed projectionFailed;
    private @Nullable Error strictError;
    private @Nullable VirtualMachineError fatal;

    DetachedRun(Candidate<I, C, D> candidate, Bench bench, I input, Stage stage, @Nullable Run<C> next) {
        super(next);
        this.candidate = candidate;
        this.bench = bench;
        this.input = input;
        this.stage = stage;
        candidateFirst = switch (candidate.plan.order) {
            case RANDOM -> ThreadLocalRandom.current().nextBoolean();
            case CANDIDATE_FIRST -> true;
            case CONTROL_FIRST -> false;
        };
        context = candidate.captureContext();
        strictEnd = candidate.plan.strict ? new CountDownLatch(1) : null;
    }

    @Override
    long start(boolean timed, long clock) {
        if (candidateFirst) {
            submit(timed ? clock : candidate.nanos());
        }
        return timed ? candidate.nanos() : clock;
    }

    @Override
    @Nullable
    Error controlReturned(C value, boolean timed, long started, long ended) {
        try {
            long version = candidate.judge.controlVersion(value);
            Object part = null;
            try {
                part = candidate.plan.comparing.ofControl(value);
            } catch (Throwable thrown) {
                projectionFailed = new Finding.ComparisonFailed(Operation.PROJECT, thrown);
                candidate.trouble(Operation.PROJECT, thrown);
            }
            controlArrived(new Seen<>(new Outcome.Returned<>(value), part, version, null, started, ended, timed));
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            leave();
        }
        return strictError();
    }

    @Override
    @Nullable
    Error controlThrew(Throwable thrown, boolean timed, long started, long ended) {
        try {
            controlArrived(new Seen<>(new Outcome.Threw<>(thrown), started, ended, timed));
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            leave();
        }
        return strictError();
    }

    @Override
    public void abandon(Reason why) {
        claimed.set(true);
        finishWithout(why);
    }

    @Override
    public void shedIfOverdue() {
        if (bench.isOverdue(submitted) && claimed.compareAndSet(false, true)) {
            resolve(new Outcome.NotRun<>(Reason.SHED));
        }
    }

    /// The first task on a worker reads the candidate; a second one judges, if the control came after the candidate.
    @Override
    public void run() {
        try {
            if (claimed.compareAndSet(false, true)) {
                readCandidate();
            } else if (arrived.get() == 2) {
                judge();
            }
        } catch (Throwable failure) {
            failed(failure);
        } finally {
            leave();
        }
        if (fatal != null) {
            throw fatal; // to be seen by whoever watches threads end; the run has been counted
        }
    }

    private void submit(long now) {
        submitted = now;
        if (!bench.submit(this)) {
            abandon(candidate.laboratory.isClosed() ? Reason.CANCELLED : Reason.SHED);
            leave();
        }
    }

    private void controlArrived(Seen<C> seen) {
        control = seen;
        boolean interrupted = Thread.currentThread().isInterrupted();
        if (!candidateFirst && !interrupted) {
            arrived.incrementAndGet();
            submit(candidate.nanos());
            return;
        }
        if (!candidateFirst) {
            leave(); // in place of the task that will not be
        }
        if (interrupted) {
            cancelCandidate();
        }
        if (arrived.incrementAndGet() < 2) {
            return;
        }
        if (isComparable(candidateSeen())) {
            holds.incrementAndGet();
            submit(candidate.nanos());
        } else {
            endWithoutComparison();
        }
    }

    private void cancelCandidate() {
        boolean notStarted = claimed.compareAndSet(false, true);
        if (resolve(new Outcome.NotRun<>(Reason.CANCELLED)) && !notStarted) {
            Guard step = reading;
            if (step != null && step.cancel()) {
                bench.stuck();
            }
        }
    }

    private void readCandidate() {
        if (bench.isOverdue(submitted)) {
            resolve(new Outcome.NotRun<>(Reason.SHED));
            return;
        }
        Seen<D> seen = read(this::firstReadTimedOut);
        if (seen != null && candidateSeen.compareAndSet(null, seen) && arrived.incrementAndGet() == 2) {
            judge();
        }
    }

    private void firstReadTimedOut() {
        bench.stuck();
        resolve(new Outcome.TimedOut<>(bench.timeout()));
    }

    /// Settles that nothing comparable came of the candidate; ends the run if the control is there.
    private boolean resolve(Outcome<D> outcome) {
        if (!candidateSeen.compareAndSet(null, new Seen<>(outcome, 0, 0, false))) {
            return false;
        }
        if (arrived.incrementAndGet() == 2) {
            endWithoutComparison();
        }
        return true;
    }

    private void endWithoutComparison() {
        Seen<C> left = Objects.requireNonNull(control);
        Seen<D> right = candidateSeen();
        if (right.outcome() instanceof Outcome.NotRun<D> not) {
            finishWithout(not.why());
        } else {
            finish(new Finding.CandidateFailed(right.outcome(), left.outcome() instanceof Outcome.Threw<?>), right);
        }
    }

    private void judge() {
        Seen<D> first = candidateSeen();
        if (!isComparable(first)) {
            endWithoutComparison();
            return;
        }
        Finding finding = judged(first, false);
        if (!(finding instanceof Finding.Mismatch)) {
            finish(finding, first);
            return;
        }
        Seen<D> second = read(this::secondReadTimedOut);
        if (second != null) {
            finish(judged(second, true), second);
        }
    }

    private void secondReadTimedOut() {
        bench.stuck();
        Outcome<D> late = new Outcome.TimedOut<>(bench.timeout());
        finish(new Finding.CandidateFailed(late, false), new Seen<>(late, 0, 0, false));
    }

    private void comparisonTimedOut() {
        bench.stuck();
        Finding finding = new Finding.ComparisonFailed(Operation.COMPARE,
                new TimeoutException("the comparison took longer than " + bench.timeout()));
        finish(finding, new Seen<>(candidate.notRun, 0, 0, false));
    }

    /// Reads the candidate within the deadline.
    ///
    /// @return `null` if that did not end in time; the guard has then seen to the rest
    private @Nullable Seen<D> read(Runnable onTimeOut) {
        AutoCloseable applied = candidate.applyContext(context);
        Guard step = new Guard(candidate.laboratory.time, bench.timeout(), onTimeOut);
        reading = step;
        long started = candidate.nanos();
        Outcome<D> outcome = candidate.read(input);
        long ended = Math.max(started + 1, candidate.nanos());
        boolean inTime = endStep(step);
        candidate.closeContext(applied);
        noteFatal(outcome);
        if (!inTime) {
            return null;
        }
        candidate.durations.record(ended - started);
        return new Seen<>(outcome, started, ended, true);
    }

    /// Judges a read, and reads its version and age, within the deadline.
    ///
    /// @return `null` if that did not end in time; the guard has then seen to the rest
    private @Nullable Finding judged(Seen<D> read, boolean second) {
        if (finished.get()) {
            return null;
        }
        Guard step = new Guard(candidate.laboratory.time, bench.timeout(), this::comparisonTimedOut);
        Finding finding;
        try {
            finding = compare(Objects.requireNonNull(control), read, second);
            noteFatal(Fatal.in(finding));
        } catch (Throwable failure) {
            noteFatal(failure);
            finding = candidate.judge.failed(Operation.LABORATORY, failure);
        }
        return endStep(step) ? finding : null;
    }

    private Finding compare(Seen<C> left, Seen<D> right, boolean second) {
        Finding finding;
        if (left.outcome() instanceof Outcome.Threw<C> threw) {
            finding = candidate.judge.threw(threw.error(), right.outcome(), second);
        } else if (projectionFailed != null && right.outcome() instanceof Outcome.Returned<D>) {
            finding = projectionFailed;
        } else {
            finding = candidate.judge.returned(left.part(), left.version(), right.outcome(), second);
        }
        boolean last = second || !(finding instanceof Finding.Mismatch);
        return last ? candidate.judge.unlessIgnored(finding, input, left.outcome(), right.outcome()) : finding;
    }

    private boolean endStep(Guard step) {
        boolean inTime = step.end();
        if (!inTime) {
            bench.freed();
        }
        return inTime;
    }

    /// The library itself failed: the run ends all the same.
    private void failed(Throwable failure) {
        noteFatal(failure);
        if (finished.compareAndSet(false, true)) {
            candidate.endFailed(failure);
            strictlyEnded();
        }
    }

    private void finishWithout(Reason why) {
        if (finished.compareAndSet(false, true)) {
            candidate.end(Tally.End.of(why));
            strictlyEnded();
        }
    }

    private void finish(@Nullable Finding finding, Seen<D> right) {
        if (finding == null || !finished.compareAndSet(false, true)) {
            return;
        }
        if (candidate.isForgotten(finding)) {
            candidate.end(Tally.End.of(finding));
        } else {
            Seen<D> seen = candidate.seen(right.outcome(), right.started(), right.ended(), right.timed());
            strictError = candidate.end(
                    new Ended<>(candidate, input, stage, finding, Objects.requireNonNull(control), seen));
        }
        strictlyEnded();
    }

    private void strictlyEnded() {
        if (strictEnd != null) {
            strictEnd.countDown();
        }
    }

    private @Nullable Error strictError() {
        if (strictEnd == null) {
            return null;
        }
        try {
            boolean ended = strictEnd.await(bench.timeout().toNanos() * STRICT_STEPS, TimeUnit.NANOSECONDS);
            return ended ? strictError : null;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private void leave() {
        if (holds.decrementAndGet() == 0) {
            bench.release();
        }
    }

    private Seen<D> candidateSeen() {
        return Objects.requireNonNull(candidateSeen.get());
    }

    private static boolean isComparable(Seen<?> seen) {
        return seen.outcome() instanceof Outcome.Returned<?> || seen.outcome() instanceof Outcome.Threw<?>;
    }

    private void noteFatal(Outcome<D> outcome) {
        if (outcome instanceof Outcome.Threw<D> threw) {
            noteFatal(threw.error());
        }
    }

    private void noteFatal(@Nullable Throwable thrown) {
        if (Fatal.is(thrown)) {
            fatal = (VirtualMachineError) thrown;
        }
    }
}
