package io.datadrivenchanges.payments.performance;

import org.jspecify.annotations.Nullable;

/// The performance that a payment is made at, and how it was found. Immutable.
///
/// @param performance what was found
/// @param source who gave it
/// @param fallback why Incentives was asked where the copy should have answered; `null` if that was not so
/// @param stage at which the experiment was
public record Decision(Performance performance, Source source, @Nullable Fallback fallback, String stage) {}
