package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// What a candidate's value is good for when it is to answer the caller. Immutable.
///
/// @param <C> the control's result
public sealed interface Served<C extends @Nullable Object> {

    /// It answers with this.
    record Value<C extends @Nullable Object>(C value) implements Served<C> {}

    /// It does not answer: the control does.
    ///
    /// @param why a short fixed text, such as `stale`
    record Fallback<C extends @Nullable Object>(String why) implements Served<C> {}
}
