package io.datadrivenchanges.payments.performance;

/// Finds the performance that a courier is paid at. Thread-safe.
public interface PerformanceSource {

    /// Finds it within 0.85 s.
    ///
    /// @throws PerformanceUnavailableException if nobody who may decide could say
    Decision find(Payable payable) throws PerformanceUnavailableException;
}
