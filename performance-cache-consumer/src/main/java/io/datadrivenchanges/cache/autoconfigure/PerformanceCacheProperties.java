package io.datadrivenchanges.cache.autoconfigure;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// Settings of the performance cache. Where Kafka is, and how to connect, are Boot's own `spring.kafka.*`.
///
/// @param enabled Whether the cache reads the topic. Switched off, each lookup answers that it is disabled.
/// @param topic Topic that the publisher writes.
/// @param partitions Number of partitions of the topic. A topic with another number is refused.
/// @param maxStaleness Staleness bound above which the cache says that it does not know. It stays below the topic's
///     compaction lag of 5 minutes: a heartbeat that compaction has worked around proves nothing.
/// @param clockError Largest difference between the clocks of this host and of the database, added to the bound.
/// @param topicCheckInterval Time between two looks whether the topic is still the same one.
@Validated
@ConfigurationProperties(prefix = "performance.cache", ignoreUnknownFields = false)
record PerformanceCacheProperties(@DefaultValue("true") boolean enabled,
        @DefaultValue("courier-performance") @NotBlank String topic,
        @DefaultValue("1") @Min(1) @Max(1000) int partitions,
        @DefaultValue("3s") @DurationMin(millis = 1) @DurationMax(minutes = 4) Duration maxStaleness,
        @DefaultValue("0s") @DurationMin @DurationMax(hours = 1) Duration clockError,
        @DefaultValue("10s") @DurationMin(millis = 100) @DurationMax(hours = 1) Duration topicCheckInterval) {}
