package io.datadrivenchanges.cache.autoconfigure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.datadrivenchanges.cache.KafkaPerformanceCache;
import io.datadrivenchanges.cache.PerformanceCache;
import org.apache.kafka.clients.CommonClientConfigs;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;

/// Offers a [PerformanceCache] bean, always: where the cache is switched off it says so in each answer.
///
/// The application starts and stays ready without Kafka. Health reports the cache as a component and never joins a
/// probe by itself.
@AutoConfiguration(after = KafkaAutoConfiguration.class)
@EnableConfigurationProperties(PerformanceCacheProperties.class)
public final class PerformanceCacheAutoConfiguration {

    @Bean
    @ConditionalOnBooleanProperty(name = "performance.cache.enabled", havingValue = false)
    @ConditionalOnMissingBean(PerformanceCache.class)
    PerformanceCache disabledPerformanceCache() {
        return PerformanceCache.disabled();
    }

    @Bean
    @ConditionalOnBooleanProperty(name = "performance.cache.enabled", matchIfMissing = true)
    @ConditionalOnMissingBean(PerformanceCache.class)
    KafkaPerformanceCache performanceCache(PerformanceCacheProperties properties, KafkaProperties kafka,
            KafkaConnectionDetails connection) {
        return KafkaPerformanceCache.builder()
                .clientSettings(clientSettings(kafka, connection.getConsumer()))
                .topic(properties.topic())
                .partitions(properties.partitions())
                .maxStaleness(properties.maxStaleness())
                .clockError(properties.clockError())
                .topicCheckInterval(properties.topicCheckInterval())
                .start();
    }

    private static Map<String, Object> clientSettings(KafkaProperties kafka,
            KafkaConnectionDetails.Configuration connection) {
        Map<String, Object> settings = new HashMap<>(kafka.buildConsumerProperties());
        List<String> servers = connection.getBootstrapServers();
        settings.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, String.join(",", servers));
        String protocol = connection.getSecurityProtocol();
        if (protocol != null) {
            settings.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, protocol);
        }
        return settings;
    }
}
