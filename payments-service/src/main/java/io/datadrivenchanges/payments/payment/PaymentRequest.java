package io.datadrivenchanges.payments.payment;

import java.math.BigDecimal;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The body of a request to pay, not yet validated. The schemas say what the API page shows.
///
/// @param currency a node, because only so an explicit `null` differs from a missing field
record PaymentRequest(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "d-1") @Nullable String deliveryId,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "1") @Nullable Long courierId,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, implementation = BigDecimal.class, example = "100.00") @Nullable AmountText amount,
        @Schema(implementation = String.class, example = "EUR") @Nullable JsonNode currency) {}
