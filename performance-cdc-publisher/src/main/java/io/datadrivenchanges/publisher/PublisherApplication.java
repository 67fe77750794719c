package io.datadrivenchanges.publisher;

import java.time.Clock;
import java.util.random.RandomGenerator;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;

/// The publisher's process: the pipe, and HTTP for health and metrics only.
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(PublisherProperties.class)
public class PublisherApplication {
    /// Status of a process that ended itself because it could not be trusted any more.
    private static final int UNTRUSTED = 70;

    /// Called by Spring.
    PublisherApplication() {}

    /// Starts the process.
    ///
    /// @param arguments Spring Boot's
    public static void main(String[] arguments) {
        SpringApplication.run(PublisherApplication.class, arguments);
    }

    @Bean
    PublisherStatus publisherStatus() {
        return new PublisherStatus(Clock.systemUTC());
    }

    @Bean
    PublisherHealth publisherHealthIndicator(PublisherStatus status) {
        return new PublisherHealth(status);
    }

    @Bean
    Publisher publisher(PublisherProperties properties, KafkaProperties kafka, PublisherStatus status,
            MeterRegistry registry) {
        return new Publisher(properties, kafka.buildAdminProperties(), status,
                new PublisherMetrics(registry, status), Clock.systemUTC(), System::nanoTime,
                RandomGenerator.getDefault(),
                _ -> Runtime.getRuntime().halt(UNTRUSTED));
    }

    @Bean
    PublisherLifecycle publisherLifecycle(Publisher publisher) {
        return new PublisherLifecycle(publisher);
    }

    @Bean
    AuditEndpoint auditEndpoint(Publisher publisher, PublisherStatus status) {
        return new AuditEndpoint(publisher, status);
    }
}
