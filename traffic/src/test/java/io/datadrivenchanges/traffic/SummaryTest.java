package io.datadrivenchanges.traffic;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.datadrivenchanges.traffic.ExperimentNumbers.Durations;
import io.datadrivenchanges.traffic.Summary.Latency;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SummaryTest {

    @Test
    void saysWhatHappened() {
        var numbers = new ExperimentNumbers("SHADOW",
                Map.of("results_match", 90L, "matched_after_control", 3L, "results_do_not_match", 5L, "stale", 4L,
                        "diverged", 1L, "candidate_failed", 2L, "incomparable", 3L, "runs", 100L),
                new Durations(1_500, 9_000),
                new Durations(-1, -1));

        assertThat(summary(100, 100, numbers).text()).isEqualTo("""
                Made up.
                deliveries      100 in 10 s, 10 per second
                payments        100, 1 of them made before this run
                not paid        0
                level changes   7
                experiment      stage SHADOW, 100 runs
                  compared      95
                  matched       90 (matched after control 3)
                  not matched   5 (stale 4, diverged 1)
                  failed        2 (candidate failed 2)
                  not compared  3 (incomparable 3)
                latency         p50, p99
                  payment       2.500, 20.000 ms from when it was due (nothing omitted)
                  payment       2.000, 4.000 ms from when it was sent
                  control       1.500, 9.000 ms REST, since Payments was started
                  candidate     –, – ms cache, since Payments was started
                """);
    }

    @Test
    void isCompleteOnlyIfEveryDeliveryIsPaid() {
        var numbers = new ExperimentNumbers("OFF", Map.of("runs", 0L), new Durations(-1, -1), new Durations(-1, -1));

        assertThat(summary(100, 100, numbers).complete()).isTrue();
        assertThat(summary(100, 99, numbers).complete()).isFalse();
        assertThat(summary(100, 99, numbers).text()).contains("not paid        1\n");
    }

    private static Summary summary(long deliveries, long payments, ExperimentNumbers numbers) {
        return new Summary("Made up.", deliveries, payments, 1, 7, 0, List.of(), new Latency(2_500, 20_000),
                new Latency(2_000, 4_000), Duration.ofSeconds(10), numbers);
    }
}
