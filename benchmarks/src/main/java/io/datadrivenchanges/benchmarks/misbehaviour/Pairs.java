package io.datadrivenchanges.benchmarks.misbehaviour;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

import org.HdrHistogram.Histogram;

/// Calls that were timed side by side: each pair is a block of calls of the control alone and a block of calls through an experiment, taken one
/// after the other, so that what slows the machine slows both. Confined to one thread.
final class Pairs {

    private static final double NANOS_PER_MICRO = 1_000;
    private static final long LONGEST_NANOS = 10_000_000_000L;
    /// To one in a hundred.
    private static final int SIGNIFICANT_DIGITS = 2;
    private static final int RESAMPLES = 1_000;
    /// Left out below and above the interval.
    private static final double TAIL = 0.025;

    private final List<Histogram> alone = new ArrayList<>();
    private final List<Histogram> through = new ArrayList<>();

    /// An empty block, for times in nanoseconds of which those above ten seconds count as ten.
    static Block block() {
        return new Block(histogram());
    }

    private static Histogram histogram() {
        return new Histogram(LONGEST_NANOS, SIGNIFICANT_DIGITS);
    }

    void add(Block controlAlone, Block throughExperiment) {
        alone.add(controlAlone.nanos);
        through.add(throughExperiment.nanos);
    }

    /// What this share of all calls of the control alone, of 100, did not exceed.
    double aloneMicros(double percentile) {
        return micros(sum(alone), percentile);
    }

    /// The same of the calls through the experiment.
    double throughMicros(double percentile) {
        return micros(sum(through), percentile);
    }

    /// How much later callers get their answers at a percentile, and the interval that holds that with a probability of 95 %: the percentile
    /// interval of the bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13), by drawing pairs, not calls, as
    /// calls that follow each other are not independent.
    Shift shift(double percentile, RandomGenerator random) {
        double[] shifts = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            int[] drawn = random.ints(alone.size(), 0, alone.size()).toArray();
            shifts[i] = micros(sum(drawn, through), percentile) - micros(sum(drawn, alone), percentile);
        }
        Arrays.sort(shifts);
        return new Shift(throughMicros(percentile) - aloneMicros(percentile), shifts[(int) (TAIL * RESAMPLES)],
                shifts[(int) ((1 - TAIL) * RESAMPLES)]);
    }

    private static double micros(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
    }

    private static Histogram sum(List<Histogram> blocks) {
        Histogram sum = histogram();
        blocks.forEach(sum::add);
        return sum;
    }

    private static Histogram sum(int[] drawn, List<Histogram> blocks) {
        Histogram sum = histogram();
        for (int each : drawn) {
            sum.add(blocks.get(each));
        }
        return sum;
    }

    /// Calls that followed each other.
    static final class Block {

        private final Histogram nanos;

        private Block(Histogram nanos) {
            this.nanos = nanos;
        }

        void add(long took) {
            nanos.recordValue(Math.min(took, LONGEST_NANOS));
        }
    }

    /// In microseconds.
    ///
    /// @param low lower end of the interval
    /// @param high upper end of the interval
    record Shift(double micros, double low, double high) {}
}
