package io.datadrivenchanges.e2e;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import org.awaitility.Awaitility;

import static io.datadrivenchanges.e2e.Limits.COUNTED;
import static io.datadrivenchanges.e2e.Limits.HEALED;
import static org.assertj.core.api.Assertions.assertThat;

/// Whether the cache inside an instance of Payments says what Incentives says, seen from outside: by the experiment.
final class Agreement {
    private Agreement() {}

    /// Waits until a payment for each courier is compared and matches, and checks that the counts add up. Nobody else pays.
    static void awaitFor(Client client, List<Long> couriers) {
        Awaitility.await("Payments' cache agrees on every courier").atMost(HEALED)
                .pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
                    Counts before = settled(client);
                    for (long courier : couriers) {
                        Answer answer = client.pay("agreement-" + UUID.randomUUID(), courier, "100.00");
                        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(201);
                    }
                    Counts counted = settled(client).since(before);
                    assertThat(counted.of("results_match")).as("%s", counted).isEqualTo(couriers.size());
                });
    }

    private static Counts settled(Client client) {
        Counts counts = Awaitility.await("every run has ended").atMost(COUNTED)
                .pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(20))
                .until(client::experiment, it -> it.inFlight() == 0);
        assertThat(counts.runs()).as("%s", counts).isEqualTo(counts.findings());
        return counts;
    }
}
