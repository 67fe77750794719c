package io.datadrivenchanges.experiment;

/// What a run ends in: exactly one per run. Immutable.
public sealed interface Finding {

    /// Control and candidate returned equal values, or threw alike (same class and message).
    ///
    /// @param afterControl whether only the second read of the candidate, after the control had answered, was equal: the
    ///        candidate was late by less than the call took
    record Match(boolean afterControl) implements Finding {}

    /// Both returned, unequal at both reads; `why` belongs to the second.
    record Mismatch(Comparison.Differs why) implements Finding {}

    /// The comparator could not judge.
    record Incomparable(String why) implements Finding {}

    /// The candidate threw or timed out.
    ///
    /// @param what [Outcome.Threw] or [Outcome.TimedOut]
    /// @param controlToo whether the control threw as well (but not alike)
    record CandidateFailed(Outcome<?> what, boolean controlToo) implements Finding {}

    /// The control threw while the candidate returned.
    record ControlFailed(Throwable error) implements Finding {}

    /// The projection or the comparator threw or took too long.
    record ComparisonFailed(Operation at, Throwable error) implements Finding {}

    /// Nothing was compared.
    record NotCompared(Reason why) implements Finding {}
}
