package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Objects;

/// How the candidate runs while the control answers. Immutable.
public sealed interface Shadow {

    /// On the caller's thread, around the control: the candidate is read, the control called, both compared; if they differ, the candidate is
    /// read again. Cheapest, and the most exact about time, but only for candidates that do not block, such as a lookup on the heap.
    ///
    /// A candidate that is found inside for 50 ms is interrupted and counted as timed out. After three of these, or one that
    /// does not yield to the interrupt, the experiment runs it detached for good, and says so.
    record Inline() implements Shadow {}

    /// On bounded daemon threads of the candidate's own, beside the control, so that the caller never waits for it. The default.
    ///
    /// A call takes a permit or its candidate is shed. At most four threads work for a candidate; one that still
    /// waits for one when `timeout` has passed is shed. Over the deadline it is interrupted and counted as timed out; if
    /// it does not yield, its thread and its permit stay taken until it does.
    ///
    /// @param maxInFlight permits, at least 1; the default is 64
    /// @param timeout longest time of one read of the candidate, from its start, and of one comparison; positive; the default is 1 s
    record Detached(int maxInFlight, Duration timeout) implements Shadow {

        static final Detached STANDARD = new Detached(64, Duration.ofSeconds(1));

        public Detached {
            Objects.requireNonNull(timeout, "timeout");
            if (maxInFlight < 1) {
                throw new IllegalArgumentException("maxInFlight must be at least 1: " + maxInFlight);
            }
            if (!timeout.isPositive()) {
                throw new IllegalArgumentException("timeout must be positive: " + timeout);
            }
        }
    }
}
