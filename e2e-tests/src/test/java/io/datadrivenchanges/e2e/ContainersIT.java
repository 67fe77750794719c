package io.datadrivenchanges.e2e;

import java.util.Map;

import org.testcontainers.junit.jupiter.Testcontainers;

/// The scenarios on the images of `docker-compose.yml`; skipped, by name, where no Docker engine answers.
@Testcontainers(disabledWithoutDocker = true)
class ContainersIT extends Scenarios {

    @Override
    RunningSystem start() {
        return ContainerSystem.start(Map.of("EXPERIMENT_PERIOD", "1s"));
    }
}
