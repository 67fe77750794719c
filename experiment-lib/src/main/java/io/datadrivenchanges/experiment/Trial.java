package io.datadrivenchanges.experiment;

import java.util.concurrent.Callable;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/// An experiment in one line, for two pieces of code that have no common input: the control answers, the candidate runs detached and is
/// compared by `equals`. Immutable and thread-safe; counts like any experiment.
public sealed interface Trial permits RunningTrial {

    /// Runs both.
    ///
    /// @return the control's value, the very object
    <T extends @Nullable Object> T run(Supplier<? extends T> control, Supplier<? extends T> candidate);

    /// Runs both, where the control may throw a checked exception.
    ///
    /// @return the control's value, the very object
    /// @throws X the control's exception, the very instance
    <T extends @Nullable Object, X extends Exception> T call(Act<? extends T, X> control,
            Callable<? extends T> candidate) throws X;

    /// Its name, unique in the laboratory.
    String name();

    /// The totals so far.
    Summary summary();
}
