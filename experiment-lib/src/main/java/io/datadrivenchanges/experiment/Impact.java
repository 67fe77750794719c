package io.datadrivenchanges.experiment;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/// What it would have cost to answer with the candidate's value instead of the control's, in signed minor units of a currency: above zero too
/// much, below zero too little would have been paid. Called once for each mismatch of two values; one that throws is contained.
/// Must be thread-safe.
///
/// @param <I> input
/// @param <C> the control's result
/// @param <D> the candidate's result
@FunctionalInterface
public interface Impact<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object> {

    long minorUnits(I input, C control, D candidate);

    /// The currency of that; default `XXX`, which is how ISO 4217 writes "none".
    default String currency(I input) {
        return "XXX";
    }

    /// An impact in a currency that depends on the input.
    ///
    /// @param currency few different ones, such as `EUR`
    static <I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object> Impact<I, C, D> in(
            Function<? super I, String> currency, Impact<? super I, ? super C, ? super D> impact) {
        return new Impact<>() {
            @Override
            public long minorUnits(I input, C control, D candidate) {
                return impact.minorUnits(input, control, candidate);
            }

            @Override
            public String currency(I input) {
                return currency.apply(input);
            }
        };
    }

    /// An impact in one currency.
    static <I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object> Impact<I, C, D> in(
            String currency, Impact<? super I, ? super C, ? super D> impact) {
        return in(input -> currency, impact);
    }
}
