package io.datadrivenchanges.benchmarks.pipeline;

import org.HdrHistogram.Histogram;

/// Commit → visible of many changes. Confined to one thread.
final class Latencies {
    private static final double MICROS_PER_MILLI = 1000;
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram micros = new Histogram(SIGNIFICANT_DIGITS);
    private long lost;

    void addMicros(long latency) {
        micros.recordValue(latency);
    }

    /// Counts a change that never became visible.
    void addLost() {
        lost++;
    }

    void add(Latencies others) {
        micros.add(others.micros);
        lost += others.lost;
    }

    long lost() {
        return lost;
    }

    double millisAtPercentile(double percentile) {
        return micros.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
    }

    double p50Millis() {
        return millisAtPercentile(50);
    }

    double p99Millis() {
        return millisAtPercentile(99);
    }

    double maxMillis() {
        return micros.getMaxValue() / MICROS_PER_MILLI;
    }
}
