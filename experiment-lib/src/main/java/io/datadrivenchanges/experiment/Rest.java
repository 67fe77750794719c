package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

/// Last step of building an [Experiment]: everything here is optional. Functions given here are called on workers (the
/// control's version on the caller's thread); what they throw is contained and reported, and the answer then counts as
/// unknown. Confined to one thread.
///
/// @param <I> input
/// @param <C> the control's result
/// @param <D> the candidate's result
/// @param <X> what the control throws
public sealed interface Rest<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object, X extends Exception>
        permits Draft {

    /// Sets what stands for the input in reports and mismatch lines; default is the input itself.
    Rest<I, C, D, X> key(Function<? super I, ? extends @Nullable Object> key);

    /// Sets how to read the versions that tell a late candidate from a wrong one; a negative version is unknown. Default:
    /// all unknown.
    Rest<I, C, D, X> versions(ToLongFunction<? super C> control, ToLongFunction<? super D> candidate);

    /// Sets how old the candidate's answer was at most when it was read; `null` is unknown. Default: unknown.
    Rest<I, C, D, X> freshness(Function<? super D, ? extends @Nullable Duration> staleness);

    /// Sets how the candidate runs; default `new Shadow.Detached(64, Duration.ofSeconds(1))`.
    Rest<I, C, D, X> shadow(Shadow mode);

    /// Builds the experiment.
    ///
    /// @throws IllegalArgumentException if the laboratory has an experiment of this name already
    /// @throws IllegalStateException if the laboratory is closed
    Experiment<I, C, X> build();
}
