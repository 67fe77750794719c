package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// What one call of the control came to. Immutable as far as the value in it is.
///
/// @param <C> the control's result
sealed interface Asked<C extends @Nullable Object> {

    /// From its start to its end.
    Span span();

    record Answered<C extends @Nullable Object>(C value, Span span) implements Asked<C> {}

    record Failed<C extends @Nullable Object>(Throwable error, Span span) implements Asked<C> {}
}
