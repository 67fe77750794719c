package io.datadrivenchanges.cache.autoconfigure;

import java.time.Duration;

import io.datadrivenchanges.cache.CacheState;
import io.datadrivenchanges.cache.CacheStatus;
import io.datadrivenchanges.cache.PerformanceCache;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Health component `performanceCache`: up when it answers, else unknown, never down: nothing but the candidate is off.
final class PerformanceCacheHealth implements HealthIndicator {
    private final PerformanceCache cache;

    PerformanceCacheHealth(PerformanceCache cache) {
        this.cache = cache;
    }

    @Override
    public Health health() {
        CacheStatus status = cache.status();
        Health.Builder health = status.state() == CacheState.READY ? Health.up() : Health.unknown();
        Duration staleness = status.staleness();
        return health
                .withDetail("state", status.state())
                .withDetail("generation", status.generation())
                .withDetail("couriers", status.couriers())
                .withDetail("behind", status.behind())
                .withDetail("staleness", staleness == null ? "unknown" : staleness.toMillis() + " ms")
                .withDetail("detail", status.detail())
                .build();
    }
}
