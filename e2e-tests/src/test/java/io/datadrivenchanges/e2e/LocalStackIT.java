package io.datadrivenchanges.e2e;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// The scenarios on processes of this machine.
class LocalStackIT extends Scenarios {

    @Override
    RunningSystem start() {
        return LocalSystem.start(Duration.ofSeconds(1));
    }

    /// The numbers in the log reproduce a run: put the seed here.
    @Test
    @Order(BREAKS_NOTHING)
    void answersMutatedRequestsAsDocumentedAndDoesNothingHalf() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong(1_000_000);

        new Attack(system, seed).onPayments(2_000);
        new Attack(system, seed).onIncentives(2_000);
    }
}
