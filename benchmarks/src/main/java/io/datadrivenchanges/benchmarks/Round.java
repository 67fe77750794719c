package io.datadrivenchanges.benchmarks;

import org.HdrHistogram.Histogram;

/// Latencies of one round.
///
/// @param lost changes that never became visible
record Round(double p50Ms, double p99Ms, double maxMs, long lost) {
    private static final double MICROS_PER_MILLI = 1000;

    /// @param micros one value per visible change
    static Round of(Histogram micros, long lost) {
        return new Round(micros.getValueAtPercentile(50) / MICROS_PER_MILLI,
                micros.getValueAtPercentile(99) / MICROS_PER_MILLI,
                micros.getMaxValue() / MICROS_PER_MILLI, lost);
    }
}
