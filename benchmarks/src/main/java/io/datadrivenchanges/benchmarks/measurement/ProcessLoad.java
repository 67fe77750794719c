package io.datadrivenchanges.benchmarks.measurement;

import java.time.Duration;

/// How much of a core a process uses. Confined to one thread.
public final class ProcessLoad {
    private final ProcessHandle process;
    private final long startedAt = System.nanoTime();
    private final Duration usedAtStart;

    private ProcessLoad(ProcessHandle process) {
        this.process = process;
        this.usedAtStart = used();
    }

    /// Begins to measure a process.
    public static ProcessLoad of(ProcessHandle process) {
        return new ProcessLoad(process);
    }

    /// The share since the beginning; 100 is one core.
    public double percentOfOneCore() {
        return 100.0 * used().minus(usedAtStart).toNanos() / (System.nanoTime() - startedAt);
    }

    private Duration used() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
