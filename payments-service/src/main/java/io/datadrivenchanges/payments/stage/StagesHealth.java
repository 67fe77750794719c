package io.datadrivenchanges.payments.stage;

import java.time.Duration;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// Shows whether the stages are read, as health component `stages`. It joins no probe: with the last known stages payments go on.
@Component("stages")
final class StagesHealth implements HealthIndicator {
    private final StoredStages stages;

    StagesHealth(StoredStages stages) {
        this.stages = stages;
    }

    @Override
    public Health health() {
        Health.Builder health = stages.isFailing() ? Health.unknown() : Health.up();
        return health.withDetail("failing", stages.isFailing())
                .withDetail("age", stages.age().map(Duration::toString).orElse("never read"))
                .build();
    }
}
