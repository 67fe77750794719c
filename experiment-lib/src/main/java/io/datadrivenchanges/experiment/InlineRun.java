package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// A run whose candidate is read on the caller's thread, before the control and, if they differ, after it. Confined to that thread.
///
/// Of a match this object and the outcome in it are all that is allocated, 56 bytes: a further field has its price.
final class InlineRun<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
        extends
            Run<C> {

    private final Candidate<I, C, D> candidate;
    private final I input;
    private Outcome<D> outcome;
    /// Of the candidate's last read; `null` if it was not timed.
    private @Nullable Span read;
    /// A moment before all of it.
    private long before;

    /// @param outcome of the read before the control, if it has been read
    InlineRun(Candidate<I, C, D> candidate, I input, Outcome<D> outcome, @Nullable Run<C> next) {
        super(next);
        this.candidate = candidate;
        this.input = input;
        this.outcome = outcome;
    }

    @Override
    long start(boolean timed, long clock) {
        before = candidate.before();
        outcome = candidate.readInline(input);
        if (!timed) {
            return clock;
        }
        long now = candidate.nanos();
        Span span = new Span(clock, now);
        candidate.durations.record(span.nanos());
        read = span;
        return now;
    }

    @Override
    @Nullable
    Error controlReturned(C value, Stage stage, @Nullable Span span) {
        try {
            Judge<I, C, D> judge = candidate.judge;
            long version = candidate.plan.versionsRequired ? judge.controlVersion(value) : Draft.UNKNOWN_VERSION;
            Object part = null;
            Finding finding;
            try {
                part = candidate.plan.comparing.ofControl(value);
                finding = judge.returned(part, version, outcome, false);
            } catch (Throwable thrown) {
                finding = judge.unprojected(thrown, outcome);
            }
            if (candidate.isForgotten(finding)) {
                candidate.endMatched(finding, input, value, part, outcome, candidate.before());
                return null;
            }
            // From here on the call is out of the ordinary, and a look at the clock no longer matters.
            long now = candidate.nanos();
            if (finding instanceof Finding.Mismatch) {
                finding = secondRead(part, version, now);
            }
            return end(finding, new Outcome.Returned<>(value), part, stage, span, now);
        } catch (Throwable failure) {
            candidate.endFailed(failure);
            return null;
        }
    }

    @Override
    @Nullable
    Error controlThrew(Throwable thrown, Stage stage, @Nullable Span span) {
        try {
            return end(candidate.judge.threw(thrown, outcome, false), new Outcome.Threw<>(thrown), null, stage, span,
                    candidate.nanos());
        } catch (Throwable failure) {
            candidate.endFailed(failure);
            return null;
        }
    }

    /// What the candidate said before the control differs: it may have been late by less than the call took.
    private Finding secondRead(@Nullable Object part, long version, long now) {
        outcome = candidate.readInline(input);
        read = new Span(now, candidate.nanos());
        return candidate.judge.returned(part, version, outcome, true);
    }

    /// @param now some moment after the control
    private @Nullable Error end(Finding found, Outcome<C> control, @Nullable Object part, Stage stage,
            @Nullable Span span, long now) {
        if (found instanceof Finding.NotCompared not) {
            candidate.end(Tally.End.of(not.why()));
            return null;
        }
        if (candidate.isForgotten(found)) {
            if (control instanceof Outcome.Returned<C> returned) {
                candidate.endMatched(found, input, returned.value(), part, outcome, now);
            } else {
                candidate.end(Tally.End.of(found));
            }
            return null;
        }
        Finding finding = candidate.judge.unlessIgnored(found, input, control, outcome);
        boolean timed = span != null;
        Span about = span != null ? span : new Span(before, now);
        Error error = candidate.end(new Ended<>(candidate, input, stage, finding,
                candidate.seenControl(control, part, about, timed),
                candidate.seen(outcome, read != null ? read : about, read != null)));
        if (Fatal.in(finding) != null) {
            candidate.switchOff("its candidate met an error of the virtual machine on a caller's thread");
        }
        return error;
    }
}
