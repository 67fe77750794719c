package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.time.Instant;

/// The time a laboratory lives by. Thread-safe. A laboratory that was given none uses the system's.
public interface Time {

    /// A monotonic reading in nanoseconds; only differences mean something.
    long nanos();

    /// The wall clock; only shown, never used to measure.
    Instant now();

    /// Runs `task` once after `delay`, on a thread of this object's. The task is short.
    ///
    /// @return cancels the task if it has not begun; may be called more than once
    Runnable schedule(Duration delay, Runnable task);
}
