package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// Last step of building an [Experiment]: it has a candidate; more may be said about it, more candidates may follow. Confined to one
/// thread.
///
/// @param <I> input
/// @param <C> the control's result
/// @param <D> the candidate's result
/// @param <X> what the control throws
public sealed interface Rest<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object, X extends Exception>
        extends
            Controlled<I, C, X>,
            Steps<I, C, D, Rest<I, C, D, X>>
        permits Draft.Called {}
