package io.datadrivenchanges.cache.autoconfigure;

import io.datadrivenchanges.cache.PerformanceCache;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/// Offers a [PerformanceCache] bean, always: where the cache is switched off it says so in each answer.
@AutoConfiguration
public final class PerformanceCacheAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(PerformanceCache.class)
    PerformanceCache disabledPerformanceCache() {
        return PerformanceCache.disabled();
    }
}
