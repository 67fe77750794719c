package io.datadrivenchanges.payments.payment;

import org.jspecify.annotations.Nullable;

/// Who asks for a payment, and how the request can be recognised.
///
/// @param caller subject of the token, or `local` without tokens
/// @param key the caller's idempotency key, `null` if none was given
/// @param requestId of this request, for the audit
record Attempt(String caller, @Nullable String key, String requestId) {}
