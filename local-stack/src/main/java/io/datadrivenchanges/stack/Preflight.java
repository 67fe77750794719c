package io.datadrivenchanges.stack;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.management.OperatingSystemMXBean;

/// What this machine must offer before anything is started. Each problem is a [StackException] with one sentence.
final class Preflight {
    /// What all processes hold together when busy, with some room.
    static final long MIN_MEMORY = 2_000L << 20;
    /// Databases, broker log, service logs and the WAL that a stopped publisher may keep.
    static final long MIN_DISK = 1_500L << 20;
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable: +([0-9]+) kB");

    private Preflight() {}

    static void check(Map<Part, Integer> ports) {
        ports(ports, Ports::isFree);
        memory(availableMemory());
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            disk(Files.getFileStore(temporary).getUsableSpace(), temporary);
        } catch (IOException e) {
            throw new StackException("The temporary folder " + temporary + " cannot be used: " + e.getMessage(), e);
        }
    }

    static void ports(Map<Part, Integer> ports, IntPredicate free) {
        Map<Integer, Part> seen = new HashMap<>();
        for (Part part : Part.values()) {
            int port = ports.getOrDefault(part, part.standardPort());
            Part other = seen.put(port, part);
            if (other != null) {
                throw new StackException("Port " + port + " is meant for both " + other.title() + " and " + part.title()
                        + ": choose another with " + part.portVariable() + ".");
            }
            if (!free.test(port)) {
                throw new StackException("Port " + port + " for " + part.title()
                        + " is taken: end what uses it, or choose another with " + part.portVariable() + ".");
            }
        }
    }

    static void memory(long available) {
        if (available < MIN_MEMORY) {
            throw new StackException("Too little memory: " + mebibytes(available) + " MB are available, "
                    + mebibytes(MIN_MEMORY) + " MB are needed.");
        }
    }

    static void disk(long usable, Path folder) {
        if (usable < MIN_DISK) {
            throw new StackException(
                    "Too little space on disk: " + mebibytes(usable) + " MB are free in " + folder + ", "
                            + mebibytes(MIN_DISK) + " MB are needed. TMPDIR chooses another folder.");
        }
    }

    /// What can be had without swapping: on Linux also what the file cache would give back.
    private static long availableMemory() {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        // The total, unlike what is free, knows the limit of a container.
        return Math.min(system.getTotalMemorySize(), fromMeminfo().orElse(Long.MAX_VALUE));
    }

    private static OptionalLong fromMeminfo() {
        try {
            Matcher matcher = AVAILABLE.matcher(Files.readString(MEMINFO));
            return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1)) << 10) : OptionalLong.empty();
        } catch (IOException _) {
            return OptionalLong.empty();
        }
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }
}
