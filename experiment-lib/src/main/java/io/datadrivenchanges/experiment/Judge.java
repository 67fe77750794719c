package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Objects;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/// Judges what control and candidate did, as the plan says. Knows nothing of threads and time: the same arguments give the same finding.
/// What the plan's functions throw is told to `troubles`, and nothing is thrown here. Thread-safe; a match allocates nothing.
final class Judge<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object> {

    static final Finding MATCH = new Finding.Match(false);
    static final Finding MATCH_AFTER_CONTROL = new Finding.Match(true);

    private final Plan<I, C, D> plan;
    private final BiConsumer<Operation, Throwable> troubles;

    Judge(Plan<I, C, D> plan, BiConsumer<Operation, Throwable> troubles) {
        this.plan = plan;
        this.troubles = troubles;
    }

    /// The control has returned.
    ///
    /// @param part of the control's value
    /// @param version of the control's value; only looked at if the plan requires versions
    /// @param second whether it is the candidate's second read
    Finding returned(@Nullable Object part, long version, Outcome<D> candidate, boolean second) {
        if (candidate instanceof Outcome.Returned<D> returned) {
            return values(part, version, returned.value(), second);
        }
        if (candidate instanceof Outcome.Threw<D> threw && plan.errorsAlike != null) {
            return errors(null, threw.error(), new Finding.CandidateFailed(threw, false), second);
        }
        return candidate instanceof Outcome.NotRun<D> not
                ? new Finding.NotCompared(not.why())
                : new Finding.CandidateFailed(candidate, false);
    }

    /// The control has returned, but the part of its value that counts cannot be taken. That is what the run ends in only where the
    /// candidate has returned something to compare it with.
    Finding unprojected(Throwable thrown, Outcome<D> candidate) {
        Finding failed = failed(Operation.PROJECT, thrown);
        return candidate instanceof Outcome.Returned<D>
                ? failed
                : returned(null, Draft.UNKNOWN_VERSION, candidate, false);
    }

    /// The control has thrown.
    ///
    /// @param second whether it is the candidate's second read
    Finding threw(Throwable error, Outcome<D> candidate, boolean second) {
        return switch (candidate) {
            case Outcome.Returned<D> returned when plan.errorsAlike == null -> new Finding.ControlFailed(error);
            case Outcome.Returned<D> returned -> errors(error, null, new Finding.ControlFailed(error), second);
            case Outcome.Threw<D> threw ->
                errors(error, threw.error(), new Finding.CandidateFailed(threw, true), second);
            case Outcome.TimedOut<D> late -> new Finding.CandidateFailed(late, true);
            case Outcome.NotRun<D> not -> new Finding.NotCompared(not.why());
        };
    }

    /// What remains of a finding when the rules for expected differences have been asked.
    Finding unlessIgnored(Finding finding, I input, Outcome<C> control, Outcome<D> candidate) {
        if (plan.rules.isEmpty() || !differs(finding)) {
            return finding;
        }
        for (Plan.Rule<I, C, D> rule : plan.rules) {
            try {
                if (rule.when().holds(input, control, candidate)) {
                    return new Finding.Ignored(rule.name());
                }
            } catch (Throwable thrown) {
                troubles.accept(Operation.IGNORE, thrown);
            }
        }
        return finding;
    }

    Finding failed(Operation at, Throwable thrown) {
        troubles.accept(at, thrown);
        return new Finding.ComparisonFailed(at, thrown);
    }

    long controlVersion(C value) {
        try {
            return plan.controlVersion == null ? Draft.UNKNOWN_VERSION : plan.controlVersion.applyAsLong(value);
        } catch (Throwable thrown) {
            troubles.accept(Operation.VERSION, thrown);
            return Draft.UNKNOWN_VERSION;
        }
    }

    long candidateVersion(D value) {
        try {
            return plan.candidateVersion == null ? Draft.UNKNOWN_VERSION : plan.candidateVersion.applyAsLong(value);
        } catch (Throwable thrown) {
            troubles.accept(Operation.VERSION, thrown);
            return Draft.UNKNOWN_VERSION;
        }
    }

    @Nullable
    Duration staleness(D value) {
        try {
            return plan.staleness == null ? null : plan.staleness.apply(value);
        } catch (Throwable thrown) {
            troubles.accept(Operation.FRESHNESS, thrown);
            return null;
        }
    }

    private Finding values(@Nullable Object part, long version, D value, boolean second) {
        if (plan.versionsRequired && (version < 0 || candidateVersion(value) < 0)) {
            return new Finding.Incomparable("version unknown");
        }
        Object candidatePart;
        try {
            candidatePart = plan.comparing.ofCandidate(value);
        } catch (Throwable thrown) {
            return failed(Operation.PROJECT, thrown);
        }
        Comparison comparison;
        try {
            comparison = plan.comparing.judge(part, candidatePart);
        } catch (Throwable thrown) {
            return failed(Operation.COMPARE, thrown);
        }
        if (comparison instanceof Comparison.Equal) {
            return match(second);
        }
        return comparison instanceof Comparison.Differs differs
                ? new Finding.Mismatch(differs)
                : new Finding.Incomparable(((Comparison.Incomparable) comparison).why());
    }

    private Finding errors(@Nullable Throwable control, @Nullable Throwable candidate, Finding otherwise,
            boolean second) {
        try {
            return alike(control, candidate) ? match(second) : otherwise;
        } catch (Throwable thrown) {
            return failed(Operation.COMPARE, thrown);
        }
    }

    private boolean alike(@Nullable Throwable control, @Nullable Throwable candidate) {
        if (plan.errorsAlike != null) {
            return plan.errorsAlike.test(control, candidate);
        }
        return control != null && candidate != null && control.getClass() == candidate.getClass()
                && Objects.equals(control.getMessage(), candidate.getMessage());
    }

    private static Finding match(boolean second) {
        return second ? MATCH_AFTER_CONTROL : MATCH;
    }

    /// Both ran to their end and did not agree.
    private static boolean differs(Finding finding) {
        return finding instanceof Finding.Mismatch || finding instanceof Finding.ControlFailed
                || (finding instanceof Finding.CandidateFailed failed && failed.what() instanceof Outcome.Threw<?>);
    }
}
