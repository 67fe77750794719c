package io.datadrivenchanges.e2e;

import java.math.BigDecimal;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// A payment as payments-service answers it, every key of the wire format.
record Payment(String deliveryId, long courierId, String currency, BigDecimal base, BigDecimal incentive,
        BigDecimal total, Level performance, @Nullable Long performanceVersion, boolean courierKnown, String source,
        @Nullable String fallback, String stage, Instant createdAt) {}
