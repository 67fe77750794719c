package io.datadrivenchanges.payments.performance;

/// Why Incentives was asked where the local copy should have answered.
public enum Fallback {
    MISS, STALE, ERROR
}
