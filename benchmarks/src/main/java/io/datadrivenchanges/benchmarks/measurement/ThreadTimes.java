package io.datadrivenchanges.benchmarks.measurement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// How long and how often threads have had a core so far, by the kernel's scheduler. Empty where it does not count that.
record ThreadTimes(Map<Long, Ran> byId) {
    private static final long LONG_NANOS = Duration.ofMillis(1).toNanos();

    /// @param nanos     on a core, in all
    /// @param stretches how often it was given one
    record Ran(long nanos, long stretches) {
        private static final Ran NEVER = new Ran(0, 0);
        private static final int NANOS = 0;
        private static final int STRETCHES = 2;

        /// @param schedstat the file of a thread
        static Ran parse(String schedstat) {
            String[] fields = schedstat.strip().split(" ", -1);
            return new Ran(Long.parseLong(fields[NANOS]), Long.parseLong(fields[STRETCHES]));
        }

        private Ran since(Ran before) {
            return new Ran(nanos - before.nanos, stretches - before.stretches);
        }

        private boolean inLongStretches() {
            return stretches > 0 && nanos / stretches >= LONG_NANOS;
        }
    }

    /// @param processes whose threads
    /// @param name      which of them, by their names, of which the kernel keeps 15 characters
    static ThreadTimes of(Collection<Long> processes, Predicate<String> name) {
        var ran = new HashMap<Long, Ran>();
        for (long process : processes) {
            try (Stream<Path> threads = Files.list(ForeignProcesses.folder(process).resolve("task"))) {
                for (Path thread : threads.toList()) {
                    if (name.test(Files.readString(thread.resolve("comm")).strip())) {
                        ran.put(Long.valueOf(thread.getFileName().toString()),
                                Ran.parse(Files.readString(thread.resolve("schedstat"))));
                    }
                }
            } catch (IOException | UncheckedIOException _) {
                // It has ended, or the kernel does not count.
            }
        }
        return new ThreadTimes(ran);
    }

    /// For how many nanoseconds they had a core since then.
    long nanosSince(ThreadTimes before) {
        return since(before).mapToLong(Ran::nanos).sum();
    }

    /// For how many of them those had it that kept it for a millisecond or more at a time, on average.
    long nanosInLongStretchesSince(ThreadTimes before) {
        return since(before).filter(Ran::inLongStretches).mapToLong(Ran::nanos).sum();
    }

    private Stream<Ran> since(ThreadTimes before) {
        return byId.entrySet().stream()
                .map(one -> one.getValue().since(before.byId.getOrDefault(one.getKey(), Ran.NEVER)));
    }
}
