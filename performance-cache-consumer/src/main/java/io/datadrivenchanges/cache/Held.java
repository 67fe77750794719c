package io.datadrivenchanges.cache;

import org.jspecify.annotations.Nullable;

/// What the copy holds of a courier. Immutable.
///
/// @param level `null` where it cannot tell, because the courier is poisoned
/// @param version of the row; of a poisoned courier the one that is known to be no answer, or 0
public record Held(long courierId, @Nullable PerformanceLevel level, long version) {}
