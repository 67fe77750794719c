package io.datadrivenchanges.experiment.verdict;

import java.util.SplittableRandom;

/// Simulated exposures, quick enough for thousands of long histories: from one bad exposure to the next in one step. A proof
/// of a low rate can only come true between two bad ones, one of a high rate only at one, so that nothing of a look after every
/// exposure is missed.
final class Walk {

    static final double NEVER = Double.POSITIVE_INFINITY;
    private static final int KEPT = 4_000;

    private final long[] turningPoints;

    /// @param proof what to wait for; the turning points of so many bad ones are computed once
    Walk(RateProof proof) {
        turningPoints = new long[KEPT];
        for (int bad = 0; bad < KEPT; bad++) {
            turningPoints[bad] = proof.turningPoint(bad).orElse(-1);
        }
    }

    /// Good exposures up to and including the next bad one.
    static long untilBad(SplittableRandom random, double rate) {
        return 1 + (long) (Math.log1p(-random.nextDouble()) / Math.log1p(-rate));
    }

    /// The exposure at which the rate is proven to be low.
    ///
    /// @param rate true rate of bad ones
    /// @param countedAs what each bad one is counted as, more than 1 if reads are counted instead of changes
    /// @param instances whose counts of the same exposures are wrongly added
    /// @return [#NEVER] if not within `horizon`
    double untilLow(SplittableRandom random, double rate, int countedAs, int instances, double horizon) {
        double exposures = 0;
        for (int bad = 0;; bad++) {
            double next = exposures + untilBad(random, rate) - 1; // the last good one before the next bad one
            double proven = Math.max(exposures, Math.ceil((double) point(bad * countedAs * instances) / instances));
            if (proven <= next || next > horizon) {
                return proven <= Math.min(next, horizon) ? proven : NEVER;
            }
            exposures = next + countedAs;
        }
    }

    double untilLow(SplittableRandom random, double rate, double horizon) {
        return untilLow(random, rate, 1, 1, horizon);
    }

    /// The exposure at which the rate is proven to be high.
    ///
    /// @param goodBefore good exposures at the beginning
    /// @return [#NEVER] if not within `horizon`
    double untilHigh(SplittableRandom random, double rate, double goodBefore, double horizon) {
        double exposures = goodBefore;
        for (int bad = 1;; bad++) {
            exposures += untilBad(random, rate);
            if (exposures > horizon) {
                return NEVER;
            }
            if (exposures <= point(bad)) {
                return exposures;
            }
        }
    }

    private long point(int bad) {
        return turningPoints[bad];
    }
}
