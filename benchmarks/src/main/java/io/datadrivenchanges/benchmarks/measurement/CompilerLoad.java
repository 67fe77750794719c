package io.datadrivenchanges.benchmarks.measurement;

/// How much of a core the just-in-time compilers of this JVM and of those that it started use, by the names that HotSpot gives their
/// threads. Confined to one thread.
///
/// On few cores a compiler takes the core that what is measured wants, and it has much to do long after the first request has been answered:
/// what was measured then says little about a system in use.
public final class CompilerLoad {
    private final long startedAt = System.nanoTime();
    private final ThreadTimes first = now();

    private CompilerLoad() {}

    /// Begins to measure.
    public static CompilerLoad watch() {
        return new CompilerLoad();
    }

    /// The share since the beginning; 100 is one core, NaN where the system does not tell.
    public double percentOfOneCore() {
        ThreadTimes now = now();
        return now.byId().isEmpty()
                ? Double.NaN
                : 100.0 * now.nanosSince(first) / (System.nanoTime() - startedAt);
    }

    private static ThreadTimes now() {
        return ThreadTimes.of(ForeignProcesses.own(),
                name -> name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler"));
    }
}
