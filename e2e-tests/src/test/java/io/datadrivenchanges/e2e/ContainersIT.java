package io.datadrivenchanges.e2e;

import java.util.Map;

import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.testcontainers.junit.jupiter.Testcontainers;

/// The scenarios on the images of `docker-compose.yml`; skipped, by name, where no Docker engine answers. Beside the other tests, because most
/// of both is waiting: for images to be built, and for what was broken to heal.
@Execution(ExecutionMode.CONCURRENT)
@Testcontainers(disabledWithoutDocker = true)
class ContainersIT extends Scenarios {

    @Override
    RunningSystem start() {
        return ContainerSystem.start(Map.of("EXPERIMENT_PERIOD", "1s"));
    }
}
