package io.datadrivenchanges.payments.payment;

import java.math.BigDecimal;
import java.time.Instant;

import io.datadrivenchanges.cache.PerformanceLevel;
import io.datadrivenchanges.payments.performance.Fallback;
import io.datadrivenchanges.payments.performance.Source;
import org.jspecify.annotations.Nullable;

/// A payment on the wire; all of it comes from the row, so that the same payment is the same bytes every time.
record PaymentBody(String deliveryId, long courierId, String currency, BigDecimal base, BigDecimal incentive,
        BigDecimal total, PerformanceLevel performance, @Nullable Long performanceVersion, boolean courierKnown,
        Source source, @Nullable Fallback fallback, String stage, Instant createdAt) {

    static PaymentBody of(Payment payment) {
        Order order = payment.order();
        return new PaymentBody(order.deliveryId(), order.courierId(), order.currency(),
                BigDecimal.valueOf(order.base(), order.digits()),
                BigDecimal.valueOf(payment.incentive(), order.digits()),
                BigDecimal.valueOf(payment.total(), order.digits()),
                payment.performance(), payment.performanceVersion(), payment.performanceVersion() != null,
                payment.source(), payment.fallback(), payment.stage(), payment.createdAt());
    }
}
