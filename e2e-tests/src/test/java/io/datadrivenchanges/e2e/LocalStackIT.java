package io.datadrivenchanges.e2e;

import java.time.Duration;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// The scenarios on processes of this machine.
class LocalStackIT extends Scenarios {

    @Override
    RunningSystem start() {
        return LocalSystem.start(Duration.ofSeconds(1));
    }

    /// The same requests each time, so that a change is judged by itself; others with `-Psoak`, or by `-Dattack.seed`.
    @Test
    @Order(BREAKS_NOTHING)
    void answersMutatedRequestsAsDocumentedAndDoesNothingHalf() throws Exception {
        int requests = Integer.getInteger("attack.requests", 2_000);
        long seed = Long.getLong("attack.seed", 983_129);

        new Attack(system, seed).onPayments(requests);
        new Attack(system, seed).onIncentives(requests);
    }
}
