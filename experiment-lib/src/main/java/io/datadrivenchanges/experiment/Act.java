package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// Something that is done for its result and may throw one kind of checked exception. Called once, on the thread that runs the [Trial].
///
/// @param <T> result
/// @param <X> what it throws beside unchecked exceptions
@FunctionalInterface
public interface Act<T extends @Nullable Object, X extends Exception> {

    T call() throws X;
}
