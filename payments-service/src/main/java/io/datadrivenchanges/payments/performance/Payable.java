package io.datadrivenchanges.payments.performance;

/// What a performance is asked for. Immutable.
///
/// @param courierId who is paid
/// @param base minor units, positive: what a wrong performance would cost depends on it
/// @param currency ISO 4217 code
public record Payable(long courierId, long base, String currency) {}
