package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// What is made of a run beyond counting and publishing it, such as exposures, re-checks, evidence, money. Thread-safe.
interface Aftermath<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object> {

    /// Takes a run that has been counted, matches only if somebody else wants to see them; on the caller's thread if it ran inline, else on
    /// a worker. Short, and waits for nothing.
    ///
    /// @param cost what [Ended#cost] said
    void ended(Ended<I, C, D> run, @Nullable Amount cost);

    /// Takes what a mismatch turned out to be, once per re-check, after it has been counted; on any thread. Short, and waits for nothing.
    ///
    /// @param run the first mismatch that shares the settlement
    default void settled(Ended<I, C, D> run, Rechecks.Settled settled) {}
}
