package io.datadrivenchanges.payments.payment;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The body of a request to pay, not yet validated.
///
/// @param currency a node, because only so an explicit `null` differs from a missing field
record PaymentRequest(@Nullable String deliveryId, @Nullable Long courierId, @Nullable AmountText amount,
        @Nullable JsonNode currency) {}
