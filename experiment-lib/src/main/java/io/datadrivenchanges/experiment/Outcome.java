package io.datadrivenchanges.experiment;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/// What a behaviour (control or candidate) did in one run. Immutable as far as the value in it is.
///
/// @param <T> type of the value
public sealed interface Outcome<T extends @Nullable Object> {

    /// It returned, possibly `null`: a returned `null` is a value like any other.
    record Returned<T extends @Nullable Object>(T value) implements Outcome<T> {}

    /// It threw; `error` is the very instance.
    record Threw<T extends @Nullable Object>(Throwable error) implements Outcome<T> {}

    /// It did not return within `limit`, counted from its start.
    record TimedOut<T extends @Nullable Object>(Duration limit) implements Outcome<T> {}

    /// It was not run.
    record NotRun<T extends @Nullable Object>(Reason why) implements Outcome<T> {}
}
