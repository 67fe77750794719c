package io.datadrivenchanges.benchmarks.measurement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OpenLoopTest {
    @Test
    void startsEachActionAtItsTimeHoweverLongAnEarlierOneTook() {
        List<Long> starts = new ArrayList<>();
        long begin = System.nanoTime();

        Duration late = new OpenLoop(100).run(10, i -> {
            starts.add(System.nanoTime() - begin);
            if (i == 0) {
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        });

        assertThat(starts).hasSize(10).isSorted();
        assertThat(starts.getLast()).as("the schedule is kept, not moved").isGreaterThanOrEqualTo(90_000_000L);
        assertThat(late).isGreaterThanOrEqualTo(Duration.ZERO);
    }

    @Test
    void tellsHowLateTheLastActionStarted() {
        Duration late = new OpenLoop(1_000).run(2,
                i -> LockSupport.parkNanos(Duration.ofMillis(i == 0 ? 30 : 0).toNanos()));

        assertThat(late).isGreaterThan(Duration.ZERO);
    }
}
