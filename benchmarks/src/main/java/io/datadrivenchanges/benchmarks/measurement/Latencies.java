package io.datadrivenchanges.benchmarks.measurement;

import org.HdrHistogram.Histogram;

/// How long many events of one kind took. Confined to one thread.
public final class Latencies {
    private static final double MICROS_PER_MILLI = 1000;
    private static final int SIGNIFICANT_DIGITS = 3;

    private final Histogram micros = new Histogram(SIGNIFICANT_DIGITS);
    private long lost;

    /// Counts an event that took this long.
    public void addMicros(long latency) {
        micros.recordValue(latency);
    }

    /// Counts an event that never came to its end, or not to the right one.
    public void addLost() {
        lost++;
    }

    /// Counts all events of others.
    public void add(Latencies others) {
        micros.add(others.micros);
        lost += others.lost;
    }

    /// Events that came to their end.
    public long count() {
        return micros.getTotalCount();
    }

    /// Events that did not.
    public long lost() {
        return lost;
    }

    /// What this share of the events did not exceed, of 100; 0 without events.
    public double millisAtPercentile(double percentile) {
        return micros.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
    }

    /// The median.
    public double p50Millis() {
        return millisAtPercentile(50);
    }

    /// What one in a hundred exceeded.
    public double p99Millis() {
        return millisAtPercentile(99);
    }

    /// The longest.
    public double maxMillis() {
        return micros.getMaxValue() / MICROS_PER_MILLI;
    }
}
