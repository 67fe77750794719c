package io.datadrivenchanges.payments.performance;

import io.datadrivenchanges.cache.PerformanceLevel;

/// A courier's performance as Incentives states it. Immutable.
///
/// @param level at which the courier is paid
/// @param version counts the changes of the level, at least 1; 0 = Incentives does not know the courier, who is then NORMAL
public record Performance(PerformanceLevel level, long version) {
    /// What a courier is paid at whom Incentives does not know.
    public static final Performance UNKNOWN_COURIER = new Performance(PerformanceLevel.NORMAL, 0);

    public Performance {
        if (version < 0 || (version == 0 && level != PerformanceLevel.NORMAL)) {
            throw new IllegalArgumentException("no performance: " + level + " in version " + version);
        }
    }

    /// Whether Incentives knows the courier.
    public boolean known() {
        return version > 0;
    }
}
