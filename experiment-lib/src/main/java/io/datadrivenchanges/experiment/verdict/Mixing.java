package io.datadrivenchanges.experiment.verdict;

/// Means of numbers that are known by their logarithms only, as the numbers themselves would overflow. −∞ stands for 0.
final class Mixing {

    private Mixing() {}

    /// The logarithm of the mean of the numbers whose logarithms are given; at least one, none NaN or +∞.
    static double logMean(double... logs) {
        double max = Double.NEGATIVE_INFINITY;
        for (double log : logs) {
            max = Math.max(max, log);
        }
        if (max == Double.NEGATIVE_INFINITY) {
            return max;
        }
        double sum = 0;
        for (double log : logs) {
            sum += Math.exp(log - max);
        }
        return max + Math.log(sum / logs.length);
    }

    /// `times` · `log`, where none of −∞ is 0.
    static double times(long times, double log) {
        return times == 0 ? 0 : times * log;
    }
}
