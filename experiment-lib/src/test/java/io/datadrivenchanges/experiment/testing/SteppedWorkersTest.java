package io.datadrivenchanges.experiment.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Laboratory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SteppedWorkersTest {

    private static List<Integer> order(long seed) {
        SteppedWorkers workers = new SteppedWorkers(seed);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int task = i;
            workers.execute(() -> order.add(task));
        }
        assertThat(order).isEmpty();
        assertThat(workers.stepAll()).isEqualTo(20);
        return order;
    }

    @Test
    void takesTasksInAnOrderThatFollowsFromTheSeed() {
        assertThat(order(7)).isEqualTo(order(7)).isNotEqualTo(order(8)).containsAll(order(8));
    }

    @Test
    void holdsTheCandidateUntilItIsToldTo() {
        SteppedWorkers workers = new SteppedWorkers(1);
        try (Laboratory lab = Laboratory.builder().workers(workers).build()) {
            Experiment<Integer, Integer, RuntimeException> experiment = lab.experiment("e")
                    .control((Integer input) -> input)
                    .candidate("c", input -> input)
                    .build();

            experiment.call(1);
            assertThat(experiment.summary().inFlight()).isEqualTo(1);

            workers.stepAll();
            assertThat(lab.drain(Duration.ofSeconds(10))).isTrue();
            assertThat(experiment.summary().count("results_match")).isEqualTo(1);
            assertThat(workers.step()).isFalse();
        }
    }
}
