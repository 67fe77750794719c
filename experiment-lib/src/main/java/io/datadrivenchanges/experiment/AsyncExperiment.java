package io.datadrivenchanges.experiment;

import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

/// An [Experiment] whose control answers later. Its candidates run detached while the control is under way. Immutable and thread-safe.
///
/// @param <I> input
/// @param <C> the control's result
public sealed interface AsyncExperiment<I extends @Nullable Object, C extends @Nullable Object>
        permits RunningAsyncExperiment {

    /// Calls the control on this thread.
    ///
    /// @return the control's own stage, the very object; nothing the library does can complete or delay it. Where the candidate answers
    ///         (see [Stage]), a completed one
    CompletionStage<C> callAsync(I input);

    /// Its name, unique in the laboratory.
    String name();

    /// The totals so far.
    Summary summary();
}
