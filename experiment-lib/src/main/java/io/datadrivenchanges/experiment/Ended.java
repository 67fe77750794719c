package io.datadrivenchanges.experiment;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// A run that has ended in a comparison, or in the failure of one: all that is known of it. Immutable as far as the values in it are.
///
/// @param control what the control did
/// @param observed what the candidate did, at its last read
record Ended<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>(
        Candidate<I, C, D> candidate, I input, Stage stage, Finding finding, Seen<C> control, Seen<D> observed) {

    /// Why they differ, as far as the versions tell; `null` if it is no mismatch.
    @Nullable
    Cause cause() {
        return finding instanceof Finding.Mismatch ? Cause.of(control.version(), observed.version()) : null;
    }

    /// What the input is known by.
    @Nullable
    Object key() {
        try {
            return candidate.plan.key.apply(input);
        } catch (Throwable thrown) {
            candidate.trouble(Operation.KEY, thrown);
            return input;
        }
    }

    @Nullable
    String cohort() {
        try {
            return candidate.plan.cohort == null ? null : candidate.plan.cohort.apply(input);
        } catch (Throwable thrown) {
            candidate.trouble(Operation.COHORT, thrown);
            return null;
        }
    }

    /// What it would have cost to answer with the candidate's value; `null` if it is no mismatch, or that cannot be told. Asks the
    /// [Impact] each time, and so is asked once, when the run has been counted.
    @Nullable
    Amount cost() {
        Impact<? super I, ? super C, ? super D> impact = candidate.plan.impact;
        if (impact == null || !(finding instanceof Finding.Mismatch)
                || !(control.outcome() instanceof Outcome.Returned<C> left)
                || !(observed.outcome() instanceof Outcome.Returned<D> right)) {
            return null;
        }
        try {
            return new Amount(impact.currency(input), impact.minorUnits(input, left.value(), right.value()));
        } catch (Throwable thrown) {
            candidate.trouble(Operation.IMPACT, thrown);
            return null;
        }
    }

    /// What sinks and log lines get to see of its settlement.
    Report.Settled settled(Instant at, Rechecks.Settled settled, @Nullable Amount cost) {
        return new Report.Settled(candidate.plan.experiment, candidate.plan.candidateName, at, redaction().of(key()),
                Cause.of(control.version(), observed.version()), settled.settlement(), settled.mismatches(), cost,
                settled.reads());
    }

    /// What sinks, hooks and log lines get to see: everything in it is cleaned, but for what a behaviour threw.
    Report.Result result(Instant at) {
        Plan<I, C, D> plan = candidate.plan;
        Redaction shown = redaction();
        return new Report.Result(plan.experiment, plan.candidateName, at, shown.of(key()), shown.of(finding), cause(),
                control.observation(shown, plan.context), observed.observation(shown, plan.candidateContext), stage,
                cohort(), plan.context);
    }

    private Redaction redaction() {
        return new Redaction(candidate.plan.clean, candidate::trouble);
    }
}
