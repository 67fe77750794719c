package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// A function of the control's type that answers with the control's own value or exception, whatever the candidate does,
/// and counts how the candidate compares. Immutable and thread-safe.
///
/// @param <I> input
/// @param <C> the control's result
/// @param <X> what the control throws
public sealed interface Experiment<I extends @Nullable Object, C extends @Nullable Object, X extends Exception>
        extends
            Fn<I, C, X>
        permits ShadowExperiment, ControlAlone {

    /// Runs the control on this thread, and the candidate as the stage and the mode say.
    ///
    /// @return the control's value, the very object
    /// @throws X the control's exception, the very instance
    @Override
    C call(I input) throws X;

    /// Its name, unique in the laboratory.
    String name();

    /// The totals so far.
    Summary summary();
}
