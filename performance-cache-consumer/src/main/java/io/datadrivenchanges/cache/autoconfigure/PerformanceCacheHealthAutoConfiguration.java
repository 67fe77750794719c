package io.datadrivenchanges.cache.autoconfigure;

import io.datadrivenchanges.cache.PerformanceCache;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/// Reports the cache as health component `performanceCache`; it joins no probe by itself.
@AutoConfiguration(after = PerformanceCacheAutoConfiguration.class)
@ConditionalOnClass(HealthIndicator.class)
@ConditionalOnBean(PerformanceCache.class)
public final class PerformanceCacheHealthAutoConfiguration {

    @Bean
    @ConditionalOnEnabledHealthIndicator("performanceCache")
    @ConditionalOnMissingBean(name = "performanceCacheHealthIndicator")
    HealthIndicator performanceCacheHealthIndicator(PerformanceCache cache) {
        return new PerformanceCacheHealth(cache);
    }
}
