package io.datadrivenchanges.benchmarks;

import java.time.Duration;

/// How much of a core a process uses. Confined to one thread.
final class ProcessLoad {
    private final ProcessHandle process;
    private long startedAt;
    private Duration usedAtStart = Duration.ZERO;

    private ProcessLoad(ProcessHandle process) {
        this.process = process;
    }

    /// The one child of this process whose command line names a program.
    static ProcessLoad ofChildRunning(String program) {
        return new ProcessLoad(ProcessHandle.current().descendants()
                .filter(child -> child.info().commandLine().orElse("").contains(program))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No child process runs " + program)));
    }

    /// Begins to measure.
    void start() {
        startedAt = System.nanoTime();
        usedAtStart = used();
    }

    /// The share since [#start]; 100 is one core.
    double percentOfOneCore() {
        return 100.0 * used().minus(usedAtStart).toNanos() / (System.nanoTime() - startedAt);
    }

    private Duration used() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
