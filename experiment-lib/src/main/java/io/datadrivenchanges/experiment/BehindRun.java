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
    private @Nullable Throwable projectionFailed;

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
            right = candidate.seen(again, new Span(started, candidate.nanos()), true);
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
        if (projectionFailed != null) {
            return candidate.judge.unprojected(projectionFailed, right.outcome());
        }
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
        try {
            outcome = new Outcome.Returned<>(control.call(input));
        } catch (Throwable thrown) {
            outcome = new Outcome.Threw<>(thrown);
        }
        Span span = new Span(started, candidate.nanos());
        Object part = projected(outcome);
        if (!step.end()) {
            bench.freed();
        }
        return candidate.seenControl(outcome, part, span, true);
    }

    private @Nullable Object projected(Outcome<C> outcome) {
        try {
            return outcome instanceof Outcome.Returned<C> returned
                    ? candidate.plan.comparing.ofControl(returned.value())
                    : null;
        } catch (Throwable thrown) {
            projectionFailed = thrown;
            return null;
        }
    }

    private void controlTimedOut() {
        bench.stuck();
        Throwable late = new TimeoutException("the control took longer than " + bench.timeout());
        finish(new Finding.ControlFailed(late), unseen(),
                answered);
    }

    private void comparisonTimedOut() {
        bench.stuck();
        Throwable late = new TimeoutException("the comparison took longer than " + bench.timeout());
        finish(new Finding.ComparisonFailed(Operation.COMPARE, late),
                unseen(), answered);
    }

    private Seen<C> unseen() {
        return new Seen<>(new Outcome.TimedOut<>(bench.timeout()), new Span(submitted, candidate.nanos()), false);
    }

    private void finish(Finding finding, Seen<C> left, Seen<D> right) {
        if (!finished.compareAndSet(false, true)) {
            return;
        }
        if (candidate.isForgotten(finding)) {
            if (left.outcome() instanceof Outcome.Returned<C> returned) {
                candidate.endMatched(finding, input, returned.value(), left.part(), right.outcome(),
                        left.span().ended());
            } else {
                candidate.end(Tally.End.of(finding));
            }
        } else {
            // Nobody waits for the error of a strict experiment: the caller has gone.
            candidate.end(new Ended<>(candidate, input, stage, finding, left, right));
        }
    }
}
