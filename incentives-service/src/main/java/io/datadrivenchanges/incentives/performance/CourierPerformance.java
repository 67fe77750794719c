package io.datadrivenchanges.incentives.performance;

import java.time.Instant;

/// A courier's level as stored, and the body of every successful answer. Immutable.
///
/// @param courierId   1 to 2^53−1
/// @param performance the level
/// @param version     1 at first, one more with each change of the level; orders the changes of one courier
/// @param updatedAt   when the level was last changed, microseconds by the database's clock
public record CourierPerformance(long courierId, PerformanceLevel performance, long version, Instant updatedAt) {}
