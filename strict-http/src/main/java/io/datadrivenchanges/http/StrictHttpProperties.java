package io.datadrivenchanges.http;

import java.time.Duration;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/// Limits of each HTTP service.
///
/// @param maxBodySize Largest request body that is read; beyond it 413
/// @param maxBodyTime Longest time a request body may take to arrive; beyond it 408
/// @param maxWrites   Most requests other than GET, HEAD and OPTIONS worked on at once; beyond it 503
/// @param maxReads    Most GET, HEAD and OPTIONS requests worked on at once; beyond it 503
@Validated
@ConfigurationProperties(prefix = "strict-http", ignoreUnknownFields = false)
record StrictHttpProperties(@DefaultValue("64KB") DataSize maxBodySize, @DefaultValue("10s") Duration maxBodyTime,
        @DefaultValue("64") @Min(1) @Max(10_000) int maxWrites, @DefaultValue("32") @Min(1) @Max(10_000) int maxReads) {

    StrictHttpProperties {
        if (maxBodySize.toBytes() < 1 || maxBodySize.compareTo(DataSize.ofMegabytes(64)) > 0) {
            throw new IllegalArgumentException("strict-http.max-body-size must be between 1B and 64MB");
        }
        if (maxBodyTime.isNegative() || maxBodyTime.isZero() || maxBodyTime.compareTo(Duration.ofMinutes(10)) > 0) {
            throw new IllegalArgumentException("strict-http.max-body-time must be between 1ns and 10m");
        }
    }
}
