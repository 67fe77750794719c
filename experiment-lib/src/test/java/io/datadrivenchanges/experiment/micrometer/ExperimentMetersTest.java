package io.datadrivenchanges.experiment.micrometer;

import java.time.Duration;

import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Recheck;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExperimentMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void c100_showsWhatTheSummarySays() {
        try (Laboratory lab = Laboratory.create()) {
            Experiment<Integer, Integer, RuntimeException> experiment = lab.experiment("e")
                    .control((Integer input) -> 1)
                    .candidate("c", input -> {
                        if (input == 3) {
                            throw new IllegalStateException("candidate");
                        }
                        return input;
                    })
                    .recheck(Recheck.none())
                    .build();
            new ExperimentMeters(lab).bindTo(registry);

            for (int i = 1; i <= 3; i++) {
                experiment.call(i);
            }
            assertThat(lab.drain(Duration.ofSeconds(20))).isTrue();

            assertThat(runs("results_match")).isEqualTo(1);
            assertThat(runs("results_do_not_match")).isEqualTo(1);
            assertThat(runs("candidate_failed")).isEqualTo(1);
            double all = registry.get("experiment.runs").functionCounters().stream().mapToDouble(c -> c.count()).sum();
            assertThat(all).isEqualTo((double) experiment.summary().runs());
            assertThat(registry.get("experiment.settlements").tag("settlement", "diverged").functionCounter().count())
                    .isEqualTo(1);
            assertThat(registry.get("experiment.in.flight").tag("experiment", "e").gauge().value()).isZero();
            assertThat(registry.get("experiment.stage").tag("stage", "SHADOW").gauge().value()).isEqualTo(1);
            assertThat(registry.get("experiment.stage").tag("stage", "OFF").gauge().value()).isZero();
            assertThat(registry.get("experiment.duration").tag("behaviour", "control").functionTimer().count())
                    .isEqualTo(3);
            assertThat(registry.get("experiment.duration.max").tag("behaviour", "candidate").timeGauge().value())
                    .isPositive();
            assertThat(registry.get("experiment.sink.failures").functionCounter().count()).isZero();
            assertThat(registry.get("experiment.evidence.dropped").functionCounter().count()).isZero();
            assertThat(registry.get("experiment.disabled.seconds").functionCounter().count()).isZero();
        }
    }

    private double runs(String finding) {
        return registry.get("experiment.runs")
                .tags("experiment", "e", "candidate", "c", "finding", finding)
                .functionCounter()
                .count();
    }
}
