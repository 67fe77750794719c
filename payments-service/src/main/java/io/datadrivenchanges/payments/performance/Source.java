package io.datadrivenchanges.payments.performance;

/// Who gave the performance that a payment was made at: Incentives, asked for this payment, or the local copy.
public enum Source {
    REST, CACHE
}
