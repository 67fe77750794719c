package io.datadrivenchanges.cache.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.datadrivenchanges.cache.CacheState;
import io.datadrivenchanges.cache.CacheStatus;
import io.datadrivenchanges.cache.Consistency;
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
                .withDetail("nines", nines(cache.consistency()))
                .withDetail("detail", status.detail())
                .build();
    }

    /// By time scale; left out while no read has been judged.
    private static Map<String, Double> nines(Consistency consistency) {
        Map<String, Double> nines = new LinkedHashMap<>();
        if (consistency.judged() > 0) {
            consistency.scales().forEach(scale -> nines.put(scale.within().toMillis() + " ms", scale.nines()));
        }
        return nines;
    }
}
