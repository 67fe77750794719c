package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// A function of the control's type that answers with the control's own value or exception, whatever the candidate does,
/// and counts how the candidate compares; from [Stage#CANARY] on the candidate answers. Immutable and thread-safe.
///
/// @param <I> input
/// @param <C> the control's result
/// @param <X> what the control throws
public sealed interface Experiment<I extends @Nullable Object, C extends @Nullable Object, X extends Exception>
        extends
            Fn<I, C, X>
        permits RunningExperiment {

    /// Answers, on this thread, as the stage says; the candidate is compared as stage, sampler and mode say.
    ///
    /// @return the answering behaviour's value, the very object
    /// @throws X the answering behaviour's exception, the very instance
    @Override
    C call(I input) throws X;

    /// As [#call], overriding the sampler.
    C call(I input, Sampling override) throws X;

    /// As [#call], and says who answered.
    Answer<C> answer(I input) throws X;

    /// Its name, unique in the laboratory.
    String name();

    /// The totals so far.
    Summary summary();
}
