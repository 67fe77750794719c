package io.datadrivenchanges.experiment;

import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/// A run whose candidate has answered the caller: a worker calls the control, and reads the candidate once more if they differ. Ends exactly once,
/// by a compare-and-set. Its permit is given back when its task has ended.
final class BehindRun<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
        implements
            Bench.Task {

    private final Candidate<I, C, D> candidate;
    private final Bench bench;
    private final I input;
    private final Stage stage;
    private final Seen<D> answered;
    private final Fn<I, C, ?> control;
    private final long submitted;
    private final AtomicBoolean finished = new AtomicBoolean();

    BehindRun(Candidate<I, C, D> candidate, Bench bench, I input, Stage stage, Seen<D> answered,
            Fn<I, C, ?> control) {
        this.candidate = candidate;
        this.bench = bench;
        this.input = input;
        this.stage = stage;
        this.answered = answered;
        this.control = control;
        submitted = candidate.nanos();
    }

    void submit() {
        if (!bench.submit(this)) {
            abandon(candidate.laboratory.isClosed() ? Reason.CANCELLED : Reason.SHED);
            bench.release();
        }
    }

    @Override
    public void run() {
        VirtualMachineError fatal = null;
        try {
            if (bench.isOverdue(submitted)) {
                abandon(Reason.SHED);
            }
            if (!finished.get()) {
                fatal = Fatal.in(compared());
            }
        } catch (Throwable failure) {
            if (finished.compareAndSet(false, true)) {
                candidate.endFailed(failure);
            }
        } finally {
            bench.release();
        }
        if (fatal != null) {
            throw fatal; // to be seen by whoever watches threads end; the run has been counted
        }
    }

    @Override
    public void shedIfOverdue() {
        // Those in front of it hold the workers; it is shed when one of them is free.
    }

    @Override
    public void abandon(Reason why) {
        if (finished.compareAndSet(false, true)) {
            candidate.end(Tally.End.of(why));
        }
    }

    private Finding compared() {
        Seen<C> left = callControl();
        Guard step = new Guard(candidate.laboratory.time, bench.timeout(), this::comparisonTimedOut);
        Seen<D> right = answered;
        Finding finding = judged(left, right, false);
        if (finding instanceof Finding.Mismatch) {
            long started = candidate.nanos();
            Outcome<D> again = candidate.read(input);
            right = candidate.seen(again, started, candidate.nanos(), true);
            finding = judged(left, right, true);
        }
        finding = candidate.judge.unlessIgnored(finding, input, left.outcome(), right.outcome());
        if (!step.end()) {
            bench.freed();
        }
        finish(finding, left, right);
        return finding;
    }

    private Finding judged(Seen<C> left, Seen<D> right, boolean second) {
        if (left.outcome() instanceof Outcome.Returned<C>) {
            return candidate.judge.returned(left.part(), left.version(), right.outcome(), second);
        }
        Throwable error = left.outcome() instanceof Outcome.Threw<C> threw ? threw.error() : new TimeoutException();
        return candidate.judge.threw(error, right.outcome(), second);
    }

    private Seen<C> callControl() {
        Guard step = new Guard(candidate.laboratory.time, bench.timeout(), this::controlTimedOut);
        long started = candidate.nanos();
        Outcome<C> outcome;
        Object part = null;
        try {
            C value = control.call(input);
            part = candidate.plan.comparing.ofControl(value);
            outcome = new Outcome.Returned<>(value);
        } catch (Throwable thrown) {
            outcome = new Outcome.Threw<>(thrown);
        }
        long ended = candidate.nanos();
        if (!step.end()) {
            bench.freed();
        }
        return candidate.seenControl(outcome, part, started, ended, true);
    }

    private void controlTimedOut() {
        bench.stuck();
        Throwable late = new TimeoutException("the control took longer than " + bench.timeout());
        finish(new Finding.ControlFailed(late), new Seen<>(new Outcome.TimedOut<>(bench.timeout()), 0, 0, false),
                answered);
    }

    private void comparisonTimedOut() {
        bench.stuck();
        Throwable late = new TimeoutException("the comparison took longer than " + bench.timeout());
        finish(new Finding.ComparisonFailed(Operation.COMPARE, late),
                new Seen<>(new Outcome.TimedOut<>(bench.timeout()), 0, 0, false), answered);
    }

    private void finish(Finding finding, Seen<C> left, Seen<D> right) {
        if (!finished.compareAndSet(false, true)) {
            return;
        }
        if (candidate.isForgotten(finding)) {
            candidate.end(Tally.End.of(finding));
        } else {
            // Nobody waits for the error of a strict experiment: the caller has gone.
            candidate.end(new Ended<>(candidate, input, stage, finding, left, right));
        }
    }
}
