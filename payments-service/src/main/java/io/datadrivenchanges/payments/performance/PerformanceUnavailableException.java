package io.datadrivenchanges.payments.performance;

import org.jspecify.annotations.Nullable;

/// Nobody who may decide could say a courier's performance. The message may be logged, not shown.
public final class PerformanceUnavailableException extends Exception {
    private final String outcome;

    PerformanceUnavailableException(String outcome, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
    }

    PerformanceUnavailableException(String outcome, String message) {
        super(message);
        this.outcome = outcome;
    }

    /// A word for it from a small closed set, as in the meter `incentives.calls`.
    public String outcome() {
        return outcome;
    }
}
