package io.datadrivenchanges.experiment.verdict;

import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// Proves, exposure by exposure, that the rate of bad ones is below a limit, or above it. A function of the two counts alone,
/// so that it neither matters when one looks nor has anything to be kept. Immutable.
///
/// With *n* exposures, *k* of them bad, limit ε and an alternative rate *q*, the wealth of a bet on *q* is the likelihood ratio
/// E(q) = (q/ε)ᵏ · ((1−q)/(1−ε))ⁿ⁻ᵏ, where 0⁰ is 1. If q < ε and the rate, given the past, is ε or more, each factor has mean at most 1;
/// likewise if q > ε and it is ε or less. So is the mean M over four such *q*, and by Ville's inequality (see the package) M
/// reaches 1/α with probability at most α:
///
/// - *below*: q = 0, ε/10, ε/4, ε/2. M falls with every bad exposure and rises with every good one.
/// - *above*: q = 2ε, 5ε, 20ε, 100ε, each at most ½. M rises with every bad exposure and falls with every good one.
public final class RateProof {

    private static final double[] BELOW = {0, 0.1, 0.25, 0.5};
    private static final double[] ABOVE = {2, 5, 20, 100};
    private static final double MAX_ALTERNATIVE = 0.5;

    private final boolean below;
    private final double boundary;
    private final double[] logBad;
    private final double[] logGood;

    private RateProof(boolean below, double limit, double errorBound) {
        if (!(limit > 0 && limit < MAX_ALTERNATIVE)) {
            throw new IllegalArgumentException("the limit of a rate must lie between 0 and 0.5: " + limit);
        }
        if (!(errorBound > 0 && errorBound < 1)) {
            throw new IllegalArgumentException("the error bound must lie between 0 and 1: " + errorBound);
        }
        this.below = below;
        double[] factors = below ? BELOW : ABOVE;
        boundary = -Math.log(errorBound);
        logBad = new double[factors.length];
        logGood = new double[factors.length];
        for (int j = 0; j < factors.length; j++) {
            double q = Math.min(factors[j] * limit, MAX_ALTERNATIVE);
            logBad[j] = Math.log(q / limit);
            logGood[j] = Math.log1p(-q) - Math.log1p(-limit);
        }
    }

    /// Proves that the rate is below `limit`.
    ///
    /// @param limit between 0 and 0.5, both exclusive
    /// @param errorBound greatest probability of ever proving it though the rate is not, between 0 and 1, both exclusive
    /// @throws IllegalArgumentException if one of them is not within its bounds
    public static RateProof below(double limit, double errorBound) {
        return new RateProof(true, limit, errorBound);
    }

    /// Proves that the rate is above `limit`.
    ///
    /// @param limit between 0 and 0.5, both exclusive
    /// @param errorBound greatest probability of ever proving it though the rate is not, between 0 and 1, both exclusive
    /// @throws IllegalArgumentException if one of them is not within its bounds
    public static RateProof above(double limit, double errorBound) {
        return new RateProof(false, limit, errorBound);
    }

    /// The natural logarithm of the wealth M; −∞ if there is none left.
    ///
    /// @param exposures not negative
    /// @param bad of these; not negative
    /// @throws IllegalArgumentException if the counts contradict each other
    public double logWealth(long exposures, long bad) {
        if (bad < 0 || bad > exposures) {
            throw new IllegalArgumentException(bad + " bad of " + exposures + " exposures");
        }
        double[] logs = new double[logBad.length];
        for (int j = 0; j < logs.length; j++) {
            logs[j] = Mixing.times(bad, logBad[j]) + Mixing.times(exposures - bad, logGood[j]);
        }
        return Mixing.logMean(logs);
    }

    /// What the logarithm of the wealth has to reach: ln(1/α).
    public double boundary() {
        return boundary;
    }

    /// Whether these counts prove it.
    ///
    /// @throws IllegalArgumentException if the counts contradict each other
    public boolean holds(long exposures, long bad) {
        return holds(logWealth(exposures, bad));
    }

    boolean holds(double logWealth) {
        return logWealth >= boundary;
    }

    /// How many exposures it takes with so many bad ones among them. For a proof of *below* the least number that suffices; for one of
    /// *above* the greatest, empty if so few bad ones prove nothing yet.
    ///
    /// @param bad not negative
    public OptionalLong turningPoint(long bad) {
        if (!below && !holds(bad, bad)) {
            return OptionalLong.empty();
        }
        long notYet = bad;
        long beyond = Math.max(1, 2 * bad);
        while (holds(beyond, bad) != below) {
            notYet = beyond;
            beyond = Math.multiplyExact(beyond, 2);
        }
        while (beyond - notYet > 1) {
            long middle = notYet + (beyond - notYet) / 2;
            if (holds(middle, bad) == below) {
                beyond = middle;
            } else {
                notYet = middle;
            }
        }
        return OptionalLong.of(below ? beyond : notYet);
    }

    /// The least of the preferred rates that the rate is proven to be below of; empty if it is none. Valid at every look
    /// together: M rises with ε, so that a rate is rejected only if all above it are.
    ///
    /// @param errorBound greatest probability that the bound is ever wrong, between 0 and 1, both exclusive
    /// @throws IllegalArgumentException if the counts contradict each other or the error bound is not within its bounds
    public static OptionalDouble upperBound(long exposures, long bad, double errorBound) {
        return upperBound(errorBound, proof -> proof.holds(exposures, bad));
    }

    static OptionalDouble upperBound(double errorBound, Predicate<RateProof> holds) {
        return Grid.least(limit -> limit >= MAX_ALTERNATIVE || holds.test(below(limit, errorBound)), MAX_ALTERNATIVE);
    }
}
