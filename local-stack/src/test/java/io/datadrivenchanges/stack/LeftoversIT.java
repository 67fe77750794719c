package io.datadrivenchanges.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LeftoversIT {

    @TempDir
    Path folder;

    @Test
    void endsWhatAKilledJvmLeftBehind() throws Exception {
        Path data = Files.createDirectories(folder.resolve("run/data"));
        Process left = new ProcessBuilder("sleep", "60").start();
        long start = left.info().startInstant().orElseThrow().toEpochMilli();
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.writeString(home.resolve(deadProcess() + "-" + start),
                "process " + left.pid() + " " + start + "\nfolder " + data.getParent() + "\n");

        new Leftovers(home).sweep();

        assertThat(left.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(data.getParent()).doesNotExist();
        assertThat(home).doesNotExist();
    }

    @Test
    void leavesAProcessAloneThatOnlyHasTheSameId() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            Path home = Files.createDirectories(folder.resolve("home"));
            Files.writeString(home.resolve(deadProcess() + "-1"), "process " + stranger.pid() + " 1\n");

            new Leftovers(home).sweep();

            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void leavesAloneWhatBelongsToALivingJvm() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        Path home = folder.resolve("home");
        var own = new Leftovers(home);
        own.add(data);

        new Leftovers(home).sweep();

        assertThat(data).exists();
        own.remove(data);
        assertThat(home).doesNotExist();
    }

    private static long deadProcess() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        return dead.pid();
    }
}
