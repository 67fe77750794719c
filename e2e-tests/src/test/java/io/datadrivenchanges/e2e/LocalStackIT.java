package io.datadrivenchanges.e2e;

import java.time.Duration;

/// The scenarios on processes of this machine.
class LocalStackIT extends Scenarios {

    @Override
    RunningSystem start() {
        return LocalSystem.start(Duration.ofSeconds(1));
    }
}
