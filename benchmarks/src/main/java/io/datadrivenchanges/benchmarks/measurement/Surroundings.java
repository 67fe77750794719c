package io.datadrivenchanges.benchmarks.measurement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/// What else ran on the machine while something was measured: on few cores a neighbour distorts not only times but also
/// their ratios.
///
/// Foreign is what every process used that is neither this one nor a descendant, threads of the kernel included. Steal is what a hypervisor
/// gave to other machines. Whoever runs between the kernel's ticks is only counted by its scheduler, and whoever has ended since only by the
/// ticks: the larger sum counts. Confined to one thread.
public final class Surroundings {
    private static final Path STAT = Path.of("/proc/stat");
    /// In which the kernel counts there: USER_HZ, the same on every Linux that Java runs on.
    private static final double NANOS_PER_TICK = 1e9 / 100;
    private static final int STEAL = 8;

    private final long startedAt = System.nanoTime();
    private final @Nullable Look first = Look.now();

    private Surroundings() {}

    /// Begins to watch.
    public static Surroundings watch() {
        return new Surroundings();
    }

    /// What was seen since the beginning.
    public Seen seen() {
        Look now = Look.now();
        if (now == null || first == null) {
            return Seen.NOTHING;
        }
        double nanos = System.nanoTime() - startedAt;
        double byTicks = now.others().since(first.others()) * NANOS_PER_TICK;
        double byScheduler = now.threads().nanosSince(first.threads());
        return new Seen(100 * Math.max(byTicks, byScheduler) / nanos, now.others().busiestSince(first.others()),
                100 * now.threads().nanosInLongStretchesSince(first.threads()) / nanos,
                100 * (now.steal() - first.steal()) * NANOS_PER_TICK / nanos);
    }

    /// In percent of one core; NaN where the system does not tell.
    ///
    /// @param foreignCpuPercent used by processes that are not part of the measurement
    /// @param busiest           name of the one of them that used most; empty if none used anything
    /// @param heldPercent       used by those of their threads that keep a core for a millisecond or more at a time; 0 also where the
    ///                          kernel does not count that
    /// @param stealPercent      taken away by a hypervisor
    public record Seen(double foreignCpuPercent, String busiest, double heldPercent, double stealPercent) {
        private static final Seen NOTHING = new Seen(Double.NaN, "", Double.NaN, Double.NaN);
        private static final double FOREIGN_LIMIT = 10;
        /// As much as a 99th percentile leaves out.
        private static final double HELD_LIMIT = 1;
        private static final double STEAL_LIMIT = 2;

        /// The worst of several.
        public static Seen worst(List<Seen> seen) {
            Seen foreign = seen.stream().max(Comparator.comparingDouble(Seen::foreignCpuPercent)).orElse(NOTHING);
            return new Seen(foreign.foreignCpuPercent(), foreign.busiest(), worst(seen, Seen::heldPercent),
                    worst(seen, Seen::stealPercent));
        }

        private static double worst(List<Seen> seen, ToDoubleFunction<Seen> value) {
            return seen.stream().mapToDouble(value).reduce(0, Math::max);
        }

        /// Whether the measurement is not to be trusted; also when nobody can tell.
        public boolean disturbed() {
            return !(foreignCpuPercent <= FOREIGN_LIMIT && stealPercent <= STEAL_LIMIT);
        }

        /// Whether the slowest hundredth of what takes about a millisecond is not to be trusted: it is made by whoever holds a core for as
        /// long, even if that is seldom.
        public boolean disturbedTail() {
            return disturbed() || heldPercent > HELD_LIMIT;
        }

        /// One sentence on why it is, or is not, to be trusted.
        public String reason() {
            if (Double.isNaN(foreignCpuPercent)) {
                return "this system does not tell what else ran: there is no " + STAT;
            }
            return String.format(Locale.ROOT,
                    "others used up to %.1f %% of a core (limit %.0f %%)%s, %.1f %% in stretches of a millisecond or more (limit for p99 %.0f %%), "
                            + "the hypervisor took up to %.1f %% (limit %.0f %%)",
                    foreignCpuPercent, FOREIGN_LIMIT, busiest.isEmpty() ? "" : ", most of it '" + busiest + "'",
                    heldPercent, HELD_LIMIT, stealPercent, STEAL_LIMIT);
        }
    }

    /// @param steal of all cores, in ticks
    private record Look(ForeignProcesses others, ThreadTimes threads, long steal) {
        static @Nullable Look now() {
            if (!Files.isReadable(STAT)) {
                return null;
            }
            try (Stream<String> lines = Files.lines(STAT)) {
                String[] all = lines.findFirst().orElseThrow().split(" +", -1);
                var others = ForeignProcesses.now();
                return new Look(others, ThreadTimes.of(others.byId().keySet(), _ -> true), Long.parseLong(all[STEAL]));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
