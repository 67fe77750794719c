package io.datadrivenchanges.experiment.micrometer;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.datadrivenchanges.experiment.Comparing;
import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Impact;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Recheck;
import io.datadrivenchanges.experiment.Shadow;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.experiment.testing.SteppedWorkers;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import io.micrometer.core.instrument.FunctionTimer;
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
            assertThat(registry.get("experiment.rechecking").tag("candidate", "c").gauge().value()).isZero();
            assertThat(registry.get("experiment.overhead").tag("experiment", "e").functionTimer().count()).isZero();
            assertThat(registry.get("experiment.sampling.ratio").gauge().value()).isEqualTo(1);
            lab.sampling("e", 0.5);
            assertThat(registry.get("experiment.sampling.ratio").gauge().value()).isEqualTo(0.5);
            assertThat(registry.get("experiment.sink.failures").functionCounter().count()).isZero();
            assertThat(registry.get("experiment.reports.dropped").functionCounter().count()).isZero();
            assertThat(registry.get("experiment.evidence.dropped").functionCounter().count()).isZero();
            assertThat(registry.get("experiment.evidence.size").gauge().value()).as("a mismatch and a failure")
                    .isEqualTo(2);
            assertThat(registry.get("experiment.verdict").tag("verdict", "blocked").gauge().value()).isEqualTo(1);
            assertThat(registry.get("experiment.verdict").tag("verdict", "promote").gauge().value()).isZero();
            assertThat(registry.get("experiment.disabled.seconds").functionCounter().count()).isZero();
        }
    }

    @Test
    void showsEachCandidateByItself() {
        try (Laboratory lab = Laboratory.create()) {
            Experiment<Integer, Integer, RuntimeException> experiment = lab.experiment("e")
                    .control((Integer input) -> 1)
                    .candidate("right", input -> 1)
                    .candidate("wrong", input -> 2)
                    .build();
            new ExperimentMeters(lab).bindTo(registry);

            experiment.call(1);
            assertThat(lab.drain(Duration.ofSeconds(20))).isTrue();

            assertThat(registry.get("experiment.runs").tags("candidate", "right", "finding", "results_match")
                    .functionCounter().count()).isEqualTo(1);
            assertThat(registry.get("experiment.runs").tags("candidate", "wrong", "finding", "results_do_not_match")
                    .functionCounter().count()).isEqualTo(1);
        }
    }

    private double cost(String currency, String direction) {
        return registry.get("experiment.cost")
                .tags("experiment", "e", "candidate", "c", "currency", currency, "direction", direction)
                .functionCounter()
                .count();
    }

    @Test
    void showsWhatMismatchesWouldHaveCostFromTheFirstInACurrencyOn() {
        try (Laboratory lab = Laboratory.create()) {
            Experiment<Long, Long, RuntimeException> experiment = lab.experiment("e")
                    .control((Long input) -> 0L)
                    .candidate("c", input -> input)
                    .shadow(new Shadow.Inline())
                    .recheck(Recheck.none())
                    .impact(Impact.in(input -> input % 2 == 0 ? "EUR" : "USD", (input, left, right) -> right - left))
                    .build();
            experiment.call(200L);
            new ExperimentMeters(lab).bindTo(registry);
            assertThat(cost("EUR", "over")).as("met before").isEqualTo(200);
            assertThat(registry.find("experiment.cost").tag("currency", "USD").meters()).isEmpty();

            experiment.call(-4L);
            experiment.call(1_234_567_890_123L);
            experiment.call(-3L);
            experiment.call(-5L);
            assertThat(lab.drain(Duration.ofSeconds(20))).isTrue();

            assertThat(cost("EUR", "over")).isEqualTo(200);
            assertThat(cost("EUR", "under")).isEqualTo(4);
            assertThat(cost("USD", "over")).as("minor units, exactly").isEqualTo(1_234_567_890_123d);
            assertThat(cost("USD", "under")).isEqualTo(8);
            assertThat(registry.get("experiment.cost.refused").tag("candidate", "c").functionCounter().count())
                    .isZero();
        }
    }

    @Test
    void boundsTheCurrenciesThatAreShown() {
        try (Laboratory lab = Laboratory.create()) {
            Experiment<Integer, Integer, RuntimeException> experiment = lab.experiment("e")
                    .control((Integer input) -> -1)
                    .candidate("c", input -> input)
                    .shadow(new Shadow.Inline())
                    .recheck(Recheck.none())
                    .impact(Impact.in(input -> "C" + input, (input, left, right) -> 1))
                    .build();
            new ExperimentMeters(lab).bindTo(registry);

            for (int i = 0; i < 100; i++) {
                experiment.call(i);
            }
            assertThat(lab.drain(Duration.ofSeconds(20))).isTrue();

            assertThat(registry.get("experiment.cost").functionCounters()).as("over and under").hasSize(2 * 16);
            assertThat(registry.get("experiment.cost.refused").functionCounter().count()).isEqualTo(100 - 16);
        }
    }

    /// A value and its version.
    private record Level(int value, long version) {}

    private static final class Copy {
        private final Map<Integer, Level> levels = new HashMap<>();

        private Level read(Integer key) {
            Level level = levels.get(key);
            if (level == null) {
                throw new IllegalStateException("the copy has no " + key);
            }
            return level;
        }
    }

    @Test
    void countsChangesHowLateTheyWereAndWhatTheyCostTheCaller() {
        VirtualTime time = new VirtualTime();
        SteppedWorkers workers = new SteppedWorkers(1);
        Copy copy = new Copy();
        Map<Integer, Level> truth = new HashMap<>();
        StageSwitch stages = StageSwitch.inMemory(Stage.SHADOW, time::now);
        try (Laboratory lab = Laboratory.builder().time(time).workers(workers).stages(stages).build()) {
            Experiment<Integer, Level, RuntimeException> experiment = lab.experiment("e")
                    .control((Integer key) -> {
                        time.advance(Duration.ofMillis(1));
                        return truth.getOrDefault(key, new Level(0, 0));
                    })
                    .candidate("c", copy::read, Comparing.by(Level::value, Level::value))
                    .versions(Level::version, Level::version)
                    .shadow(new Shadow.Inline())
                    .build();
            new ExperimentMeters(lab).bindTo(registry);
            for (int key = 0; key < 32; key++) {
                truth.put(key, new Level(1, 1));
                copy.levels.put(key, new Level(1, 1));
                experiment.call(key);
            }

            truth.put(1, new Level(2, 2));
            copy.levels.put(1, new Level(2, 2));
            experiment.call(1);
            truth.put(2, new Level(2, 2));
            experiment.call(2);
            copy.levels.put(2, new Level(2, 2));
            truth.put(3, new Level(2, 2));
            copy.levels.remove(3);
            experiment.call(3);
            for (int i = 0; i < 100; i++) {
                time.advance(Duration.ofMillis(10));
                workers.stepAll();
            }
            assertThat(lab.drain(Duration.ofSeconds(20))).isTrue();

            assertThat(exposures("baseline")).isEqualTo(32);
            assertThat(exposures("good")).as("at once, and late").isEqualTo(2);
            assertThat(exposures("bad")).as("failed").isEqualTo(1);
            FunctionTimer late = registry.get("experiment.convergence").functionTimer();
            assertThat(late.count()).isEqualTo(1);
            assertThat(late.totalTime(TimeUnit.MILLISECONDS)).isBetween(10.0, 30.0);
            assertThat(registry.get("experiment.overhead").functionTimer().count()).isEqualTo(4);
        }
    }

    private double exposures(String result) {
        return registry.get("experiment.exposures").tags("candidate", "c", "result", result).functionCounter().count();
    }

    private double runs(String finding) {
        return registry.get("experiment.runs")
                .tags("experiment", "e", "candidate", "c", "finding", finding)
                .functionCounter()
                .count();
    }
}
