package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// Last step of building an [AsyncExperiment]: it has a candidate; more may be said about it, more candidates may follow. Confined to one
/// thread.
///
/// @param <I> input
/// @param <C> the control's result
/// @param <D> the candidate's result
public sealed interface RestAsync<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
        extends
            ControlledAsync<I, C>,
            Steps<I, C, D, RestAsync<I, C, D>>
        permits Draft.CalledAsync {}
