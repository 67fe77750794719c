package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// Second step of building an [AsyncExperiment]: it has a control and may get candidates. Its candidates run detached. Confined to one thread.
///
/// @param <I> input
/// @param <C> the control's result
public sealed interface ControlledAsync<I extends @Nullable Object, C extends @Nullable Object>
        permits Draft.WithAsyncControl, RestAsync {

    /// Adds a candidate of the control's type, compared by `equals`.
    ///
    /// @param name unique in the experiment, 1 to 100 characters
    RestAsync<I, C, C> candidate(String name, Fn<I, C, ?> candidate);

    /// Adds a candidate, possibly of another type.
    ///
    /// @param name unique in the experiment, 1 to 100 characters
    <D extends @Nullable Object> RestAsync<I, C, D> candidate(String name, Fn<I, D, ?> candidate,
            Comparing<? super C, ? super D> comparing);

    /// Adds a second control that is compared like a candidate, to see how much the control differs from itself. Counted apart from the
    /// candidates.
    ///
    /// @param name unique in the experiment, 1 to 100 characters
    RestAsync<I, C, C> reference(String name, Fn<I, C, ?> reference, Comparing<? super C, ? super C> comparing);

    /// Builds the experiment; without a candidate it is the control alone and counts nothing.
    ///
    /// @throws IllegalArgumentException if the laboratory has an experiment of this name already, or what was said contradicts itself
    /// @throws IllegalStateException if the laboratory is closed
    AsyncExperiment<I, C> build();
}
