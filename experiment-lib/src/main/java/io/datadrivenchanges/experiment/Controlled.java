package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// Second step of building an [Experiment]: it has a control and may get a candidate. Confined to one thread.
///
/// @param <I> input
/// @param <C> the control's result
/// @param <X> what the control throws
public sealed interface Controlled<I extends @Nullable Object, C extends @Nullable Object, X extends Exception>
        permits Draft.WithControl {

    /// Sets a candidate of the control's type, compared by `equals`.
    Rest<I, C, C, X> candidate(String name, Fn<I, C, ?> candidate);

    /// Sets a candidate, possibly of another type.
    <D extends @Nullable Object> Rest<I, C, D, X> candidate(String name, Fn<I, D, ?> candidate,
            Comparing<? super C, ? super D> comparing);

    /// Builds an experiment that is the control alone and counts nothing.
    ///
    /// @throws IllegalArgumentException if the laboratory has an experiment of this name already
    /// @throws IllegalStateException if the laboratory is closed
    Experiment<I, C, X> build();
}
