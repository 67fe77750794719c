package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// What it would have cost to answer with the candidate's value instead of the control's, in signed minor units of one currency: above zero too
/// much, below zero too little would have been paid. Called where both returned and differ; one that throws is contained.
///
/// @param <I> input
/// @param <C> the control's result
/// @param <D> the candidate's result
@FunctionalInterface
public interface Impact<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object> {

    long minorUnits(I input, C control, D candidate);
}
