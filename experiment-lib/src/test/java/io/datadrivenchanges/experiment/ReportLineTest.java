package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReportLineTest {

    private static String line(Settlement settlement) {
        return new Report.Settled("e", "c", Instant.EPOCH, 42, Cause.STALE, settlement, 3,
                new Amount("EUR", -250), List.of()).json();
    }

    @Test
    void saysHowLateAConvergedMismatchWas() {
        assertThat(line(new Settlement.Converged(Duration.ofMillis(10), Duration.ofMillis(31)))).isEqualTo(
                """
                        {"at": "1970-01-01T00:00:00Z", "experiment_name": "e", "candidate_name": "c", "settlement": "converged", "cause": "stale", "why": null, "mismatches": 3, "more_than_millis": 10, "at_most_millis": 31, "input": "42", "cost": {"currency": "EUR", "minor_units": -250}}""");
    }

    @Test
    void saysWhatASettlementLacked() {
        assertThat(line(new Settlement.Unsettled(Settlement.Lack.TOKEN, Duration.ofSeconds(2)))).contains(
                "\"settlement\": \"unsettled\"", "\"why\": \"token\"", "\"more_than_millis\": 2000",
                "\"at_most_millis\": null");
    }
}
