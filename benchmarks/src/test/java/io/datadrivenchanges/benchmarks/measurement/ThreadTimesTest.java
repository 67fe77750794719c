package io.datadrivenchanges.benchmarks.measurement;

import java.util.List;
import java.util.Map;

import io.datadrivenchanges.benchmarks.measurement.ThreadTimes.Ran;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

class ThreadTimesTest {
    private static final long MILLIS = 1_000_000;

    @Test
    void readsTheTimeOnACoreAndHowOftenItWasGivenOne() {
        assertThat(Ran.parse("56851111359 41565318532 25234\n")).isEqualTo(new Ran(56_851_111_359L, 25_234));
    }

    @Test
    void addsUpThoseThatHeldACoreForAMillisecondOrMoreAtATimeSince() {
        var before = new ThreadTimes(Map.of(1L, new Ran(900 * MILLIS, 10), 2L, new Ran(5 * MILLIS, 5_000)));
        var after = new ThreadTimes(Map.of(1L, new Ran(910 * MILLIS, 20), 2L, new Ran(205 * MILLIS, 15_000), 3L,
                new Ran(7 * MILLIS, 2), 4L, new Ran(0, 0)));

        assertThat(after.nanosInLongStretchesSince(before)).isEqualTo((10 + 7) * MILLIS);
        assertThat(after.nanosSince(before)).isEqualTo((10 + 200 + 7) * MILLIS);
        assertThat(after.nanosInLongStretchesSince(after)).isZero();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void picksThreadsByTheirNames() {
        List<Long> self = List.of(ProcessHandle.current().pid());

        assertThat(ThreadTimes.of(self, name -> name.startsWith("C1 Compiler")).byId()).isNotEmpty();
        assertThat(ThreadTimes.of(self, name -> name.startsWith("nobody")).byId()).isEmpty();
    }
}
