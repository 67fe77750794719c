package io.datadrivenchanges.cache.autoconfigure;

import io.datadrivenchanges.cache.KafkaPerformanceCache;
import io.datadrivenchanges.cache.PerformanceCacheMeters;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/// Binds the meters `performance.cache.*` where Micrometer is present.
@AutoConfiguration(after = PerformanceCacheAutoConfiguration.class)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(KafkaPerformanceCache.class)
public final class PerformanceCacheMetersAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    PerformanceCacheMeters performanceCacheMeters(KafkaPerformanceCache cache) {
        return new PerformanceCacheMeters(cache);
    }
}
