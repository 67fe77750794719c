package io.datadrivenchanges.payments.performance;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

/// The highest version of each recent courier that Incentives has answered with. Thread-safe.
final class VersionsSeen {
    private static final int MAX_COURIERS = 100_000;

    private final Cache<Long, Long> highest = Caffeine.newBuilder().maximumSize(MAX_COURIERS).build();

    /// Notes an answer.
    ///
    /// @return whether a higher version was seen before
    boolean regressed(long courierId, long version) {
        Long known = highest.getIfPresent(courierId);
        if (known != null && known >= version) {
            return known > version;
        }
        return highest.asMap().merge(courierId, version, Math::max) > version;
    }
}
