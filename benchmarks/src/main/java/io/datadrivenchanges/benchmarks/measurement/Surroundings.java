package io.datadrivenchanges.benchmarks.measurement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/// What else ran on the machine while something was measured: on few cores a neighbour distorts not only times but also
/// their ratios.
///
/// `/proc/stat` tells the CPU time of everybody; what this process and its descendants used, those that have ended included, is
/// taken off, the rest is foreign. Steal is what a hypervisor gave to other machines. Confined to one thread.
public final class Surroundings {
    private static final Path STAT = Path.of("/proc/stat");
    /// In which the kernel counts there: USER_HZ, the same on every Linux that Java runs on.
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER = 1;
    private static final int NICE = 2;
    private static final int SYSTEM = 3;
    private static final int STEAL = 8;
    /// In the file of a process, counted from its state: user and system time, then those of its ended children.
    private static final int OWN_FIRST = 11;
    private static final int OWN_LAST = 14;

    private final long startedAt = System.nanoTime();
    private final @Nullable Ticks ticksAtStart = Ticks.now();
    private final long ownAtStart = own();

    private Surroundings() {}

    /// Begins to watch.
    public static Surroundings watch() {
        return new Surroundings();
    }

    /// What was seen since the beginning.
    public Seen seen() {
        Ticks ticks = Ticks.now();
        if (ticks == null || ticksAtStart == null) {
            return Seen.NOTHING;
        }
        double seconds = (System.nanoTime() - startedAt) / 1e9;
        double own = (own() - ownAtStart) / TICKS_PER_SECOND;
        double busy = (ticks.busy() - ticksAtStart.busy()) / TICKS_PER_SECOND;
        double steal = (ticks.steal() - ticksAtStart.steal()) / TICKS_PER_SECOND;
        return new Seen(Math.max(0, 100 * (busy - own) / seconds), 100 * steal / seconds);
    }

    /// CPU time of this process and its descendants, those that have ended included, in the kernel's ticks.
    static long own() {
        var self = ProcessHandle.current();
        return Stream.concat(Stream.of(self), self.descendants()).mapToLong(process -> used(process.pid())).sum();
    }

    /// What a process has used, and what those of its children have that it has waited for; 0 if it has ended.
    private static long used(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The name before it may hold anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return IntStream.rangeClosed(OWN_FIRST, OWN_LAST).mapToLong(field -> Long.parseLong(fields[field])).sum();
        } catch (IOException _) {
            return 0;
        }
    }

    /// In percent of one core; NaN where the system does not tell.
    ///
    /// @param foreignCpuPercent used by processes that are not part of the measurement
    /// @param stealPercent      taken away by a hypervisor
    public record Seen(double foreignCpuPercent, double stealPercent) {
        private static final Seen NOTHING = new Seen(Double.NaN, Double.NaN);
        private static final double FOREIGN_LIMIT = 10;
        private static final double STEAL_LIMIT = 2;

        /// The worst of several.
        public static Seen worst(List<Seen> seen) {
            return new Seen(seen.stream().mapToDouble(Seen::foreignCpuPercent).reduce(0, Math::max),
                    seen.stream().mapToDouble(Seen::stealPercent).reduce(0, Math::max));
        }

        /// Whether the measurement is not to be trusted; also when nobody can tell.
        public boolean disturbed() {
            return !(foreignCpuPercent <= FOREIGN_LIMIT && stealPercent <= STEAL_LIMIT);
        }

        /// One sentence on why it is, or is not, to be trusted.
        public String reason() {
            if (Double.isNaN(foreignCpuPercent)) {
                return "this system does not tell what else ran: there is no " + STAT;
            }
            return String.format(Locale.ROOT,
                    "others used up to %.1f %% of a core (limit %.0f %%), the hypervisor took up to %.1f %% (limit %.0f %%)",
                    foreignCpuPercent, FOREIGN_LIMIT, stealPercent, STEAL_LIMIT);
        }
    }

    /// CPU time of all cores since the system was started. Interrupts are left out: they work for whoever causes traffic,
    /// and here that is the measurement.
    private record Ticks(long busy, long steal) {
        static @Nullable Ticks now() {
            if (!Files.isReadable(STAT)) {
                return null;
            }
            try (Stream<String> lines = Files.lines(STAT)) {
                String[] all = lines.findFirst().orElseThrow().split(" +", -1);
                return new Ticks(Long.parseLong(all[USER]) + Long.parseLong(all[NICE]) + Long.parseLong(all[SYSTEM]),
                        Long.parseLong(all[STEAL]));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
