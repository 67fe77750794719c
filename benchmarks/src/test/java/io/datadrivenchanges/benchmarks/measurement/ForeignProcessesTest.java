package io.datadrivenchanges.benchmarks.measurement;

import java.util.Map;

import io.datadrivenchanges.benchmarks.measurement.ForeignProcesses.Used;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

class ForeignProcessesTest {
    @Test
    void readsANameThatLooksLikeTheRestOfTheFile() {
        assertThat(Used.parse("77 (a) R 1 (b) S 2 0 0 0 -1 4194304 1 2 3 4 50 6 700 80 20 0 1 0"))
                .isEqualTo(new Used("a) R 1 (b", 56, 780));
    }

    @Test
    void addsUpWhatAllHaveUsedSinceAndNamesTheBusiest() {
        var before = new ForeignProcesses(Map.of(1L, new Used("init", 100, 1_000), 2L, new Used("kdamond.0", 50, 0)));
        var after = new ForeignProcesses(Map.of(1L, new Used("init", 101, 1_000), 2L, new Used("kdamond.0", 60, 0),
                3L, new Used("young", 3, 0)));

        assertThat(after.since(before)).isEqualTo(1 + 10 + 3);
        assertThat(after.busiestSince(before)).isEqualTo("kdamond.0");
        assertThat(before.busiestSince(before)).isEmpty();
    }

    @Test
    void countsOneThatHasEndedSinceByWhatItsParentHasOfIt() {
        var before = new ForeignProcesses(Map.of(1L, new Used("shell", 5, 0), 2L, new Used("make", 40, 0)));
        var after = new ForeignProcesses(Map.of(1L, new Used("shell", 5, 70)));

        assertThat(after.since(before)).isEqualTo(30);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void leavesOutThisProcessAndItsChildren() throws Exception {
        var child = new ProcessBuilder("sleep", "60").start();
        try {
            assertThat(ForeignProcesses.now().byId()).isNotEmpty()
                    .doesNotContainKeys(ProcessHandle.current().pid(), child.pid());
        } finally {
            child.destroyForcibly().waitFor();
        }
    }
}
