package io.datadrivenchanges.cache.autoconfigure;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/// Calms the log of Kafka's clients, which repeat a warning several times a second while a broker is away. The cache
/// says the same once. Any `logging.level` of the application wins.
final class CalmKafkaClients implements EnvironmentPostProcessor {
    private static final Map<String, Object> LEVELS = Map.of(
            "logging.level.org.apache.kafka", "WARN",
            "logging.level.org.apache.kafka.clients.NetworkClient", "ERROR",
            "logging.level.org.apache.kafka.clients.consumer.internals.FetchCollector", "ERROR");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment.getPropertySources().addLast(new MapPropertySource("performanceCacheLogLevels", LEVELS));
    }
}
