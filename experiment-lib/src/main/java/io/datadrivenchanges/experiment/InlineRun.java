package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// A run whose candidate is read on the caller's thread, before the control and, if they differ, after it. Confined to that thread.
final class InlineRun<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
        extends
            Run<C> {

    private final Candidate<I, C, D> candidate;
    private final Stage stage;
    private final I input;
    private Outcome<D> outcome;
    /// When the candidate's last read began, or a moment before if it was not timed.
    private long started;
    /// How long it took; 0 if it was not timed.
    private long nanos;

    /// @param outcome of the read before the control, if it has been read
    InlineRun(Candidate<I, C, D> candidate, I input, Stage stage, Outcome<D> outcome, @Nullable Run<C> next) {
        super(next);
        this.candidate = candidate;
        this.input = input;
        this.stage = stage;
        this.outcome = outcome;
    }

    @Override
    long start(boolean timed, long clock) {
        started = timed ? clock : candidate.before();
        outcome = candidate.readInline(input);
        if (!timed) {
            return clock;
        }
        long now = candidate.nanos();
        nanos = Math.max(1, now - clock);
        candidate.durations.record(nanos);
        return now;
    }

    @Override
    @Nullable
    Error controlReturned(C value, boolean timed, long controlStarted, long controlEnded) {
        try {
            Judge<I, C, D> judge = candidate.judge;
            long version = candidate.plan.versionsRequired ? judge.controlVersion(value) : Draft.UNKNOWN_VERSION;
            Object part = null;
            Finding finding;
            try {
                part = candidate.plan.comparing.ofControl(value);
                finding = judge.returned(part, version, outcome, false);
            } catch (Throwable thrown) {
                finding = judge.failed(Operation.PROJECT, thrown);
            }
            if (candidate.isForgotten(finding)) {
                candidate.end(Tally.End.MATCHED);
                return null;
            }
            // From here on the call is out of the ordinary, and a look at the clock no longer matters.
            long now = candidate.nanos();
            long from = timed ? controlStarted : started;
            long to = timed ? controlEnded : now;
            if (finding instanceof Finding.Mismatch) {
                finding = secondRead(part, version, now);
            }
            return end(finding, new Outcome.Returned<>(value), part, from, to, timed);
        } catch (Throwable failure) {
            candidate.endFailed(failure);
            return null;
        }
    }

    @Override
    @Nullable
    Error controlThrew(Throwable thrown, boolean timed, long controlStarted, long controlEnded) {
        try {
            long from = timed ? controlStarted : started;
            long to = timed ? controlEnded : candidate.nanos();
            return end(candidate.judge.threw(thrown, outcome, false), new Outcome.Threw<>(thrown), null, from, to,
                    timed);
        } catch (Throwable failure) {
            candidate.endFailed(failure);
            return null;
        }
    }

    /// What the candidate said before the control differs: it may have been late by less than the call took.
    private Finding secondRead(@Nullable Object part, long version, long now) {
        outcome = candidate.readInline(input);
        started = now;
        nanos = Math.max(1, candidate.nanos() - now);
        return candidate.judge.returned(part, version, outcome, true);
    }

    private @Nullable Error end(Finding found, Outcome<C> control, @Nullable Object part, long from, long to,
            boolean timed) {
        if (found instanceof Finding.NotCompared not) {
            candidate.end(Tally.End.of(not.why()));
            return null;
        }
        if (candidate.isForgotten(found)) {
            candidate.end(Tally.End.of(found));
            return null;
        }
        Finding finding = candidate.judge.unlessIgnored(found, input, control, outcome);
        Error error = candidate.end(new Ended<>(candidate, input, stage, finding,
                candidate.seenControl(control, part, from, to, timed),
                candidate.seen(outcome, started, started + nanos, nanos > 0)));
        if (Fatal.in(finding) != null) {
            candidate.switchOff("its candidate met an error of the virtual machine on a caller's thread");
        }
        return error;
    }
}
