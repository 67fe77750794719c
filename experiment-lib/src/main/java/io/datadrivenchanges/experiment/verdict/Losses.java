package io.datadrivenchanges.experiment.verdict;

import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/// What exposures would have cost in one currency, each as a share of a cap: how many exposures had how great a loss.
/// Only exposures with a loss are in here. Immutable.
///
/// Shares are counted in buckets, 32 to each halving of the cap down to a 65,536th of it, and taken as the upper end of their
/// bucket: at most 2.2 % too high, never too low, so that what is proven of the buckets is true of the losses. Counts alone can be
/// added and stored, and neither the order nor the moment of looking matters.
///
/// The bet on a mean share Z below *m*: wealth M = ¼ Σⱼ Π (1 + λⱼ·(m − Z)) over all exposures, λⱼ = {1, 0.9, 0.75, 0.5}/(1 − m). Each
/// factor is at least 0 and, if the mean share given the past is *m* or more, has mean at most 1, so that M reaches 1/α
/// with probability at most α (Waudby-Smith and Ramdas 2024; see the package).
public final class Losses {

    private static final int PER_HALVING = 32;
    private static final int HALVINGS = 16;

    /// Number of buckets.
    public static final int BUCKETS = PER_HALVING * HALVINGS + 1;

    /// No loss at all.
    public static final Losses NONE = new Losses(new long[BUCKETS]);

    private static final double[] BETS = {1, 0.9, 0.75, 0.5};

    private final long[] counts;
    /// The buckets that are not empty: few, of the many.
    private final int[] filled;

    private Losses(long[] counts) {
        this.counts = counts;
        filled = IntStream.range(0, BUCKETS).filter(i -> counts[i] > 0).toArray();
    }

    /// The losses with these counts.
    ///
    /// @param counts one per bucket, not negative; copied
    /// @throws IllegalArgumentException if there are not [#BUCKETS] of them, or one is negative
    public static Losses of(long... counts) {
        if (counts.length != BUCKETS || Arrays.stream(counts).anyMatch(count -> count < 0)) {
            throw new IllegalArgumentException("needs " + BUCKETS + " counts, none negative");
        }
        return new Losses(counts.clone());
    }

    /// The bucket of a loss, 0 to [#BUCKETS] − 1. A loss beyond the cap has the last one, like the cap itself: it is to be reported
    /// apart.
    ///
    /// @param loss positive, in minor units
    /// @param cap positive, in minor units
    /// @throws IllegalArgumentException if one of them is not positive
    public static int bucket(long loss, long cap) {
        if (loss <= 0 || cap <= 0) {
            throw new IllegalArgumentException("loss and cap must be positive: " + loss + ", " + cap);
        }
        return bucket((double) loss / cap);
    }

    static int bucket(double share) {
        double halvings = -Math.log(share) / Math.log(2);
        int below = (int) Math.clamp(Math.floor(halvings * PER_HALVING), 0, BUCKETS - 1);
        return BUCKETS - 1 - below;
    }

    static double share(int bucket) {
        return Math.pow(2, (double) (bucket - BUCKETS + 1) / PER_HALVING);
    }

    /// The counts per bucket, a copy.
    public long[] counts() {
        return counts.clone();
    }

    /// Both together.
    public Losses plus(Losses others) {
        long[] sums = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            sums[i] = Math.addExact(counts[i], others.counts[i]);
        }
        return new Losses(sums);
    }

    /// Exposures that had a loss.
    public long exposures() {
        return Arrays.stream(counts).sum();
    }

    /// The natural logarithm of the wealth M of the bet that the mean share is below `mean`; −∞ if there is none left.
    ///
    /// @param exposures all, with and without a loss, the unknown ones too; if these are more, none is without
    /// @param unknown of these, those whose loss is not known yet: taken as the whole cap; not negative
    /// @param mean between 0 and 1, both exclusive
    /// @throws IllegalArgumentException if `unknown` is negative, or the mean is not within its bounds
    public double logWealth(long exposures, long unknown, double mean) {
        if (!(mean > 0 && mean < 1) || unknown < 0) {
            throw new IllegalArgumentException("mean " + mean + ", unknown " + unknown);
        }
        long without = Math.max(0, exposures - unknown - exposures());
        double[] logs = new double[BETS.length];
        for (int j = 0; j < BETS.length; j++) {
            double bet = BETS[j] / (1 - mean);
            double log = Mixing.times(without, Math.log1p(bet * mean)) + Mixing.times(unknown, factor(bet, mean, 1));
            for (int i : filled) {
                log += counts[i] * factor(bet, mean, share(i));
            }
            logs[j] = log;
        }
        return Mixing.logMean(logs);
    }

    /// The least preferred share that the mean is proven to be below of; empty if there is none.
    ///
    /// @param errorBound greatest probability that the bound is ever wrong, between 0 and 1, both exclusive
    /// @throws IllegalArgumentException if `unknown` is negative, or the error bound is not within its bounds
    public OptionalDouble upperBound(long exposures, long unknown, double errorBound) {
        if (!(errorBound > 0 && errorBound < 1)) {
            throw new IllegalArgumentException("the error bound must lie between 0 and 1: " + errorBound);
        }
        double boundary = -Math.log(errorBound);
        return Grid.least(mean -> logWealth(exposures, unknown, mean) >= boundary, 1);
    }

    /// Rounding must not take 1 + λ(m − 1) below 0, where λ = 1/(1 − m) makes it just that.
    private static double factor(double bet, double mean, double share) {
        return Math.log1p(Math.max(-1, bet * (mean - share)));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Losses losses && Arrays.equals(counts, losses.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return "Losses[" + exposures() + " exposures]";
    }
}
