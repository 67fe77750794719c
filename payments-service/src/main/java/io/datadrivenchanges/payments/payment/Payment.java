package io.datadrivenchanges.payments.payment;

import java.time.Instant;

import io.datadrivenchanges.cache.PerformanceLevel;
import io.datadrivenchanges.payments.performance.Fallback;
import io.datadrivenchanges.payments.performance.Source;
import org.jspecify.annotations.Nullable;

/// A payment as its row holds it. Immutable, as the row is.
///
/// @param id identity of the row
/// @param order what was paid
/// @param incentive minor units
/// @param total minor units
/// @param performance level at which it was paid
/// @param performanceVersion `null` if Incentives did not know the courier
/// @param source who gave the performance
/// @param fallback why REST decided where the copy should have
/// @param stage at which the experiment was
/// @param createdAt the database's transaction time
/// @param createdBy who paid
record Payment(long id, Order order, long incentive, long total, PerformanceLevel performance,
        @Nullable Long performanceVersion, Source source, @Nullable Fallback fallback, String stage,
        Instant createdAt, String createdBy) {}
