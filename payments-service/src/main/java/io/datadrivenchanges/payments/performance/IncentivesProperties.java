package io.datadrivenchanges.payments.performance;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// How Incentives is asked.
///
/// @param baseUrl Address of incentives-service, without a path.
/// @param connectTimeout Limit for making a connection.
/// @param readTimeout Limit for one call, from its start to the last byte of the answer.
/// @param maxCalls Calls in progress before further ones fail at once.
/// @param tokenFile File with the access token that is sent along, read for each call; empty means no token.
@Validated
@ConfigurationProperties(value = "payments.incentives", ignoreUnknownFields = false)
record IncentivesProperties(
        @DefaultValue("http://127.0.0.1:8081") URI baseUrl,
        @DefaultValue("300ms") Duration connectTimeout,
        @DefaultValue("500ms") Duration readTimeout,
        @DefaultValue("48") @Min(1) int maxCalls,
        @Nullable Path tokenFile) {

    IncentivesProperties {
        if (!connectTimeout.isPositive() || !readTimeout.isPositive()) {
            throw new IllegalArgumentException("payments.incentives timeouts must be positive");
        }
        if (tokenFile != null && !Files.isReadable(tokenFile)) {
            throw new IllegalArgumentException("payments.incentives.token-file is no readable file: " + tokenFile);
        }
    }
}
