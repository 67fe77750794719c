package io.datadrivenchanges.experiment;

/// What a run ends in: exactly one per run. Immutable.
public sealed interface Finding {

    /// Control and candidate returned equal values, or threw alike (same class and message, or as the error comparator says).
    ///
    /// @param afterControl whether only the second read of the candidate, after the control had answered, was equal: the
    ///        candidate was late by less than the call took
    record Match(boolean afterControl) implements Finding {}

    /// Both returned, unequal at both reads; `why` belongs to the second.
    record Mismatch(Comparison.Differs why) implements Finding {}

    /// They differ, and a rule holds that expects it.
    ///
    /// @param rule name of the first rule that holds
    record Ignored(String rule) implements Finding {}

    /// The comparator could not judge, or a required version is unknown.
    record Incomparable(String why) implements Finding {}

    /// The candidate threw or timed out.
    ///
    /// @param what [Outcome.Threw] or [Outcome.TimedOut]
    /// @param controlToo whether the control threw as well (but not alike)
    record CandidateFailed(Outcome<?> what, boolean controlToo) implements Finding {}

    /// The control threw while the candidate returned.
    record ControlFailed(Throwable error) implements Finding {}

    /// The projection, the comparator or the error comparator threw or took too long.
    record ComparisonFailed(Operation at, Throwable error) implements Finding {}

    /// Nothing was compared.
    record NotCompared(Reason why) implements Finding {}
}
