package io.datadrivenchanges.benchmarks.measurement;

import java.time.Duration;
import java.util.stream.Stream;

/// How much of a core a process and its descendants use. Confined to one thread.
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
        return 100.0 * cpu().toNanos() / (System.nanoTime() - startedAt);
    }

    /// The CPU time since the beginning, of those that are still there.
    public Duration cpu() {
        return used().minus(usedAtStart);
    }

    private Duration used() {
        return Stream.concat(Stream.of(process), process.descendants())
                .map(one -> one.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }
}
