package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// A rule that tells an expected difference. Asked only where control and candidate differ, on whatever thread compares; one that
/// throws is reported and counts as no.
///
/// @param <I> input
/// @param <C> the control's result
/// @param <D> the candidate's result
@FunctionalInterface
public interface Ignore<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object> {

    /// Whether the difference is expected.
    ///
    /// @param control what the control did: [Outcome.Returned] or [Outcome.Threw]; its value is the caller's own
    /// @param candidate what the candidate did at its last read
    boolean holds(I input, Outcome<C> control, Outcome<D> candidate);
}
