package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// A function that may throw one kind of checked exception. As a control it is called by every thread that calls the experiment, as a candidate
/// by those or by the library's own: it must be thread-safe.
///
/// @param <I> input
/// @param <C> result
/// @param <X> what it throws beside unchecked exceptions; `RuntimeException` if nothing
@FunctionalInterface
public interface Fn<I extends @Nullable Object, C extends @Nullable Object, X extends Exception> {

    C call(I input) throws X;
}
