package io.datadrivenchanges.payments.stage;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// When a stage is taken back without being asked.
///
/// @param maxOutage Longest time for which the local copy may be unable to answer at CANARY or LIVE; beyond it SHADOW.
@ConfigurationProperties(value = "payments.stage-guard", ignoreUnknownFields = false)
record StageGuardProperties(@DefaultValue("10s") Duration maxOutage) {

    StageGuardProperties {
        if (!maxOutage.isPositive()) {
            throw new IllegalArgumentException("payments.stage-guard.max-outage must be positive: " + maxOutage);
        }
    }
}
