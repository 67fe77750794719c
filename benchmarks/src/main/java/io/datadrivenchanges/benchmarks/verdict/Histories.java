package io.datadrivenchanges.benchmarks.verdict;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

import io.datadrivenchanges.experiment.verdict.RateGuard;
import io.datadrivenchanges.experiment.verdict.RateGuard.Standing;
import io.datadrivenchanges.experiment.verdict.RateProof;
import io.datadrivenchanges.experiment.verdict.Verdict;

/// Simulated histories of exposures, each looked at after every exposure; from one bad exposure to the next in one step, as between
/// them only a proof of a low rate can come true, and at one only a proof of a high rate. Confined to one thread; the seed makes
/// every run the same.
final class Histories {
    static final double NEVER = Double.POSITIVE_INFINITY;
    private static final int MOST_BAD = 4_000;

    private final SplittableRandom random;
    private final int count;

    Histories(long seed, int count) {
        random = new SplittableRandom(seed);
        this.count = count;
    }

    /// The exposure of each PROMOTE, sorted.
    ///
    /// @param limit tolerated rate
    /// @param rate true rate
    /// @param readsPerChange exposures that each bad one is counted as
    /// @param instances whose counts of the same exposures are added
    /// @param horizon exposures after which to give up
    double[] promotions(double limit, double rate, int readsPerChange, int instances, double horizon) {
        long[] points = turningPoints(RateProof.below(limit, Verdict.PROMOTE_ERROR));
        return sorted(() -> {
            double exposures = 0;
            for (int bad = 0;; bad++) {
                double lastGood = exposures + untilBad(rate) - 1;
                double proven = Math.max(exposures,
                        Math.ceil((double) points[bad * readsPerChange * instances] / instances));
                if (proven <= lastGood || lastGood > horizon) {
                    return proven <= Math.min(lastGood, horizon) ? proven : NEVER;
                }
                exposures = lastGood + readsPerChange;
            }
        });
    }

    double[] promotions(double limit, double rate, double horizon) {
        return promotions(limit, rate, 1, 1, horizon);
    }

    /// The exposure of each proof of a high rate, sorted.
    ///
    /// @param goodBefore good exposures to begin with, not counted in the result
    double[] demotions(double limit, double rate, double goodBefore, double horizon) {
        long[] points = turningPoints(RateProof.above(limit, Verdict.DEMOTE_ERROR));
        return sorted(() -> {
            double exposures = 0;
            for (int bad = 1;; bad++) {
                exposures += untilBad(rate);
                if (exposures > horizon) {
                    return NEVER;
                }
                if (goodBefore + exposures <= points[bad]) {
                    return exposures;
                }
            }
        });
    }

    /// The exposure of each of the guard's alarms, sorted.
    double[] alarms(double limit, double rate, long goodBefore) {
        return sorted(() -> {
            var guard = new RateGuard(limit, 1);
            guard.good(goodBefore);
            double exposures = 0;
            while (!guard.alarmed()) {
                long step = untilBad(rate);
                guard.good(step - 1);
                guard.add(() -> Standing.BAD);
                exposures += step;
            }
            return exposures;
        });
    }

    /// The first look, each thousand from ten thousand on, at which no more were observed to be bad than is tolerated; sorted.
    double[] observedBelow(double limit, double rate, double horizon) {
        return sorted(() -> {
            double nextBad = untilBad(rate);
            long bad = 0;
            for (double look = 10_000; look <= horizon; look += 1_000) {
                while (nextBad <= look) {
                    bad++;
                    nextBad += untilBad(rate);
                }
                if (bad <= limit * look) {
                    return look;
                }
            }
            return NEVER;
        });
    }

    /// The exposure of each PROMOTE if bad exposures are counted only when they are settled; sorted.
    ///
    /// @param late exposures from the start of a bad one to its settlement
    double[] promotionsCountedLate(double limit, double rate, int late, double horizon) {
        RateProof proof = RateProof.below(limit, Verdict.PROMOTE_ERROR);
        return sorted(() -> {
            double[] starts = new double[MOST_BAD];
            starts[0] = untilBad(rate);
            int started = 1;
            for (int counted = 0;; counted++) {
                double look = Math.min(horizon, starts[counted] + late - 1);
                while (starts[started - 1] <= look) {
                    starts[started] = starts[started - 1] + untilBad(rate);
                    started++;
                }
                int open = started - 1 - counted; // the last one is beyond the look
                if (proof.holds((long) look - open, counted)) {
                    return look;
                }
                if (look >= horizon) {
                    return NEVER;
                }
            }
        });
    }

    /// How the logarithm of the wealth moves in one history: at each of `looks`.
    double[] wealth(double limit, double rate, double... looks) {
        RateProof proof = RateProof.below(limit, Verdict.PROMOTE_ERROR);
        double[] wealth = new double[looks.length];
        double nextBad = rate > 0 ? untilBad(rate) : NEVER;
        long bad = 0;
        for (int i = 0; i < looks.length; i++) {
            while (nextBad <= looks[i]) {
                bad++;
                nextBad += untilBad(rate);
            }
            wealth[i] = proof.logWealth((long) looks[i], bad);
        }
        return wealth;
    }

    /// Share of results that are no later than `end`.
    static double shareUntil(double[] sorted, double end) {
        int count = 0;
        while (count < sorted.length && sorted[count] <= end) {
            count++;
        }
        return (double) count / sorted.length;
    }

    static double median(double... sorted) {
        return sorted[sorted.length / 2];
    }

    static double mean(double... results) {
        return Arrays.stream(results).average().orElseThrow();
    }

    private double[] sorted(DoubleSupplier history) {
        double[] results = new double[count];
        Arrays.setAll(results, _ -> history.getAsDouble());
        Arrays.sort(results);
        return results;
    }

    private long untilBad(double rate) {
        return 1 + (long) (Math.log1p(-random.nextDouble()) / Math.log1p(-rate));
    }

    private static long[] turningPoints(RateProof proof) {
        long[] points = new long[MOST_BAD];
        Arrays.setAll(points, bad -> proof.turningPoint(bad).orElse(-1));
        return points;
    }
}
