package io.datadrivenchanges.experiment.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class VirtualTimeTest {

    private final VirtualTime time = new VirtualTime();
    private final List<String> ran = new ArrayList<>();

    @Test
    void timersRunInOrderAtTheirTime() {
        Instant start = time.now();
        time.schedule(Duration.ofSeconds(2), () -> ran.add("b" + Duration.between(start, time.now()).toSeconds()));
        time.schedule(Duration.ofSeconds(1), () -> {
            ran.add("a" + Duration.between(start, time.now()).toSeconds());
            time.schedule(Duration.ofSeconds(1), () -> ran.add("c"));
        });
        time.schedule(Duration.ofSeconds(1), () -> ran.add("never")).run();

        time.advance(Duration.ofSeconds(3));

        assertThat(ran).containsExactly("a1", "b2", "c");
        assertThat(time.nanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(time.pending()).isZero();
    }

    @Test
    void wallClockJumpsAlone() {
        Instant start = time.now();

        time.jumpWallClock(Duration.ofHours(-1));

        assertThat(time.now()).isEqualTo(start.minus(Duration.ofHours(1)));
        assertThat(time.nanos()).isZero();
    }
}
