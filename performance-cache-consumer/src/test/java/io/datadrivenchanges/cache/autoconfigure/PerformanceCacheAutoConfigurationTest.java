package io.datadrivenchanges.cache.autoconfigure;

import java.time.Duration;

import io.datadrivenchanges.cache.CacheState;
import io.datadrivenchanges.cache.KafkaPerformanceCache;
import io.datadrivenchanges.cache.Lookup;
import io.datadrivenchanges.cache.PerformanceCache;
import io.datadrivenchanges.cache.PerformanceCacheMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

class PerformanceCacheAutoConfigurationTest {
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(KafkaAutoConfiguration.class, PerformanceCacheAutoConfiguration.class,
                            PerformanceCacheHealthAutoConfiguration.class,
                            PerformanceCacheMetersAutoConfiguration.class))
            .withPropertyValues("spring.kafka.bootstrap-servers=127.0.0.1:1");

    @Test
    void startsWithoutKafkaAndSaysThatItDoesNotKnow() {
        application.run(context -> {
            var cache = context.getBean(PerformanceCache.class);

            assertThat(cache).isInstanceOf(KafkaPerformanceCache.class);
            assertThat(cache.lookup(42)).isEqualTo(new Lookup.Unknown(Lookup.Reason.STARTING));
            Health health = context.getBean("performanceCacheHealthIndicator", PerformanceCacheHealth.class).health();
            assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
            assertThat(health.getDetails()).containsEntry("state", CacheState.STARTING)
                    .containsKeys("generation", "couriers", "behind", "staleness", "detail");
        });
    }

    @Test
    void offersADisabledBeanWhereSwitchedOff() {
        application.withPropertyValues("performance.cache.enabled=false").run(context -> {
            assertThat(context).doesNotHaveBean(KafkaPerformanceCache.class)
                    .doesNotHaveBean(PerformanceCacheMeters.class);
            assertThat(context.getBean(PerformanceCache.class).lookup(42))
                    .isEqualTo(new Lookup.Unknown(Lookup.Reason.DISABLED));
            assertThat(context.getBean(PerformanceCache.class).status().state()).isEqualTo(CacheState.STOPPED);
        });
    }

    @Test
    void leavesTheBeanToTheApplication() {
        application.withBean(PerformanceCache.class, PerformanceCache::disabled)
                .run(context -> assertThat(context).hasSingleBean(PerformanceCache.class)
                        .doesNotHaveBean(KafkaPerformanceCache.class));
    }

    @Test
    void worksWithoutActuatorAndMeters() {
        application.withClassLoader(new FilteredClassLoader(HealthIndicator.class, MeterRegistry.class))
                .run(context -> assertThat(context).hasSingleBean(KafkaPerformanceCache.class)
                        .doesNotHaveBean("performanceCacheHealthIndicator"));
    }

    @Test
    void pinsTheDefaults() {
        application.withPropertyValues("performance.cache.enabled=false").run(context -> assertThat(
                context.getBean(PerformanceCacheProperties.class)).isEqualTo(
                        new PerformanceCacheProperties(false, "courier-performance", 1, Duration.ofSeconds(3),
                                Duration.ZERO, Duration.ofSeconds(10))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"topic=", "partitions=0", "partitions=many", "max-staleness=0s", "clock-error=-1s",
            "topic-check-interval=0s", "no-such-key=1"})
    void refusesWrongSettings(String setting) {
        application.withPropertyValues("performance.cache." + setting)
                .run(context -> assertThat(context).getFailure()
                        .hasStackTraceContaining("performance.cache"));
    }

    @Test
    void countsEachLookupInTheMeters() {
        application.run(context -> {
            var meters = new SimpleMeterRegistry();
            context.getBean(PerformanceCacheMeters.class).bindTo(meters);

            context.getBean(PerformanceCache.class).lookup(42);

            assertThat(meters.get("performance.cache.lookups").tag("result", "starting").functionCounter().count())
                    .isEqualTo(1);
            assertThat(meters.get("performance.cache.state").tag("state", "starting").gauge().value()).isEqualTo(1);
            assertThat(meters.get("performance.cache.staleness.bound").gauge().value()).isNaN();
            assertThat(meters.getMeters()).extracting(meter -> meter.getId().getName()).contains(
                    "performance.cache.size", "performance.cache.generation", "performance.cache.applied",
                    "performance.cache.ignored", "performance.cache.conflicts", "performance.cache.poisoned",
                    "performance.cache.control", "performance.cache.read", "performance.cache.rebuilds",
                    "performance.cache.rebuild.seconds", "performance.cache.delay");
        });
    }

    @Test
    void calmsKafkaUnlessTheApplicationSaysOtherwise() {
        var environment = new MockEnvironment().withProperty("logging.level.org.apache.kafka", "INFO");

        new CalmKafkaClients().postProcessEnvironment(environment, new SpringApplication());

        assertThat(environment.getProperty("logging.level.org.apache.kafka.clients.NetworkClient")).isEqualTo("ERROR");
        assertThat(environment.getProperty("logging.level.org.apache.kafka")).isEqualTo("INFO");
    }
}
