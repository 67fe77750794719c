package io.datadrivenchanges.benchmarks.measurement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;

/// What was measured on.
///
/// @param processor its model, or the architecture where the system does not tell
/// @param loadAverage of the last minute before the measurement; well above 0 means that something else was running
public record Machine(String os, String processor, int cores, long memoryMegabytes, String java, double loadAverage) {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final long MEGABYTE = 1L << 20;

    /// This machine, now.
    public static Machine here() {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(system.getName() + " " + system.getVersion(), processor(system.getArch()),
                system.getAvailableProcessors(), system.getTotalMemorySize() / MEGABYTE, Runtime.version().toString(),
                system.getSystemLoadAverage());
    }

    private static String processor(String architecture) {
        if (!Files.isReadable(PROCESSORS)) {
            return architecture;
        }
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(architecture);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
