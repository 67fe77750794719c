package io.datadrivenchanges.benchmarks;

import java.lang.management.ManagementFactory;

/// What was measured on.
///
/// @param loadAverage of the last minute before the measurement; well above 0 means that something else was running
record Machine(String os, int cores, String java, double loadAverage) {
    static Machine here() {
        var system = ManagementFactory.getOperatingSystemMXBean();
        return new Machine(system.getName() + " " + system.getVersion() + " " + system.getArch(),
                system.getAvailableProcessors(), Runtime.version().toString(), system.getSystemLoadAverage());
    }
}
