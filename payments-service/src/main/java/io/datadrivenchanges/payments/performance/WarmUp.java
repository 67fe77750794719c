package io.datadrivenchanges.payments.performance;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/// Asks Incentives once before this service says that it is ready, so that the first payment does not pay for loading
/// classes. It does not matter whether Incentives answers; it has half a second.
@Component
final class WarmUp implements ApplicationRunner {
    private final IncentivesClient incentives;

    WarmUp(IncentivesClient incentives) {
        this.incentives = incentives;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        incentives.warmUp();
    }
}
