package io.datadrivenchanges.experiment.verdict;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleUnaryOperator;

import io.datadrivenchanges.experiment.verdict.RateGuard.Standing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/// Holds the claims about the verdict against thousands of simulated histories each, with a look after every exposure, and shows
/// what the rules it keeps are good for by breaking them.
///
/// The expected numbers were found by an independent simulation, of 20,000 histories for a false PROMOTE and of 300 or more
/// for everything else. A difference of up to four standard errors, of both simulations together, is luck.
class VerdictSimulationTest {

    private static final long SEED = 20_260_101;
    private static final int HISTORIES = 10_000;
    private static final int THEIRS = 300;
    private static final int THEIRS_OF_FALSE_PROMOTE = 20_000;
    private static final double STANDARD_ERRORS = 4;
    private static final double NO_HORIZON = 1e15;

    private final SplittableRandom random = new SplittableRandom(SEED);

    private static Walk low(double limit) {
        return new Walk(RateProof.below(limit, Verdict.PROMOTE_ERROR));
    }

    private static Walk high(double limit) {
        return new Walk(RateProof.above(limit, Verdict.DEMOTE_ERROR));
    }

    @ParameterizedTest(name = "limit {0}, rate {1} times the limit: {2}")
    @CsvSource({"0.001, 1, 0.049", "0.0001, 1, 0.049", "0.0001, 1.5, 0.005", "0.0001, 2, 0.001"})
    void promotesABadCandidateAsSeldomAsStated(double limit, double times, double expected) {
        Walk walk = low(limit);

        double share = share(() -> walk.untilLow(random, limit * times, 100 / limit));

        assertShare(share, expected, THEIRS_OF_FALSE_PROMOTE, 0.0005);
        assertThat(share).isLessThan(Verdict.PROMOTE_ERROR + standardError(Verdict.PROMOTE_ERROR, HISTORIES));
    }

    @ParameterizedTest(name = "limit {0}, rate limit/{1}: {2} exposures")
    @CsvSource({"0.001, 4, 6492", "0.001, 2, 19083", "0.0001, 4, 64939", "0.0001, 2, 174872"})
    void promotesAGoodCandidateAfterAboutAsManyExposuresAsStated(double limit, double part, double expected) {
        Walk walk = low(limit);

        assertMedian(expected, () -> walk.untilLow(random, limit / part, NO_HORIZON));
    }

    @ParameterizedTest(name = "limit {0}: {1}")
    @CsvSource({"0.001, 0.005", "0.0001, 0.006"})
    void demotesAToleratedCandidateAsSeldomAsStated(double limit, double expected) {
        Walk walk = high(limit);

        double share = share(() -> walk.untilHigh(random, limit, 0, 100 / limit));

        assertShare(share, expected, THEIRS, 0.0005);
        assertThat(share).isLessThan(Verdict.DEMOTE_ERROR);
    }

    @ParameterizedTest(name = "limit {0}, rate {1} times the limit: {2} exposures")
    @CsvSource({"0.001, 2, 13208", "0.001, 10, 376", "0.001, 100, 17", //
            "0.0001, 2, 134083", "0.0001, 10, 3880", "0.0001, 100, 166"})
    void demotesABadCandidateAfterAboutAsManyExposuresAsStated(double limit, double times, double expected) {
        Walk walk = high(limit);

        assertMedian(expected, () -> walk.untilHigh(random, limit * times, 0, NO_HORIZON));
    }

    @ParameterizedTest(name = "limit {0}: {1} exposures")
    @CsvSource({"0.001, 1.4e6, 0.05e6", "0.0001, 1.5e7, 0.05e7"})
    void theGuardsFalseAlarmsAreAsFarApartAsStated(double limit, double expected, double rounding) {
        double[] exposures = sample(() -> guarded(limit, limit));
        double mean = Arrays.stream(exposures).average().orElseThrow();
        double deviation = Math
                .sqrt(Arrays.stream(exposures).map(each -> (each - mean) * (each - mean)).average().orElseThrow());

        assertThat(Math.abs(mean - expected)).as("mean %s", mean).isLessThan(
                rounding + STANDARD_ERRORS * deviation * Math.sqrt(1.0 / HISTORIES + 1.0 / THEIRS));
        assertThat(mean).isGreaterThan(RateGuard.THRESHOLD);
    }

    @ParameterizedTest(name = "limit {0}, rate {1} times the limit: {2} exposures")
    @CsvSource({"0.001, 2, 20089", "0.001, 10, 607", "0.001, 100, 28", //
            "0.0001, 2, 209128", "0.0001, 10, 6140", "0.0001, 100, 266"})
    void theGuardAlarmsAfterAboutAsManyExposuresAsStated(double limit, double times, double expected) {
        assertMedian(expected, () -> guarded(limit, limit * times));
    }

    private double guarded(double limit, double rate) {
        return guarded(new RateGuard(limit, 1), rate);
    }

    private double guarded(RateGuard guard, double rate) {
        double exposures = 0;
        do {
            long step = Walk.untilBad(random, rate);
            guard.good(step - 1);
            guard.add(() -> Standing.BAD);
            exposures += step;
        } while (!guard.alarmed());
        return exposures;
    }

    @Test
    void theBoundOnMoneyIsWrongAsSeldomAsStatedAndReachedAsSoon() {
        double budget = 1e-4;
        int histories = 5_000;
        // losses from a quarter of the cap on, by a Pareto law with exponent 1.2, cut at the cap
        double least = 0.25;
        double mean = (1.2 * least - Math.pow(least, 1.2)) / 0.2;
        double rate = budget / mean;

        double[] atBoundary = sample(histories, () -> untilCheap(rate, least, budget, 100 / budget));
        double[] atQuarter = sample(histories, () -> untilCheap(rate / 4, least, budget, NO_HORIZON));

        assertShare(share(atBoundary), 0.046, THEIRS, 0.0005);
        assertMedian(atQuarter, 49_000, 500);
    }

    /// Between two losses wealth only rises, so that the exposure at which it suffices is found by halving.
    private double untilCheap(double rate, double least, double budget, double horizon) {
        double boundary = -Math.log(Verdict.PROMOTE_ERROR);
        long[] counts = new long[Losses.BUCKETS];
        Losses losses = Losses.NONE;
        long exposures = 0;
        while (exposures <= horizon) {
            long next = exposures + Walk.untilBad(random, rate) - 1;
            if (losses.logWealth(next, 0, budget) >= boundary) {
                long proven = next;
                while (proven > exposures) {
                    long middle = exposures + (proven - exposures) / 2;
                    if (losses.logWealth(middle, 0, budget) >= boundary) {
                        proven = middle;
                    } else {
                        exposures = middle + 1;
                    }
                }
                return proven <= horizon ? proven : Walk.NEVER;
            }
            double share = Math.min(1, least * Math.pow(1 - random.nextDouble(), -1 / 1.2));
            counts[Losses.bucket(share)]++;
            losses = Losses.of(counts);
            exposures = next + 1;
        }
        return Walk.NEVER;
    }

    @ParameterizedTest(name = "rate {0} times the limit: {1}")
    @CsvSource({"1, 0.97", "2, 0.47"})
    void lookingUntilWhatIsObservedIsBelowTheLimitProvesAnything(double times, double expected) {
        double limit = 1e-4;

        assertShare(share(() -> untilObservedBelow(limit, limit * times)), expected, THEIRS, 0.005);
    }

    private double untilObservedBelow(double limit, double rate) {
        double nextBad = Walk.untilBad(random, rate);
        long bad = 0;
        for (double look = 10_000; look <= 100 / limit; look += 1_000) {
            while (nextBad <= look) {
                bad++;
                nextBad += Walk.untilBad(random, rate);
            }
            if (bad <= limit * look) {
                return look;
            }
        }
        return Walk.NEVER;
    }

    @Test
    void badOnesThatAreCountedLateMakePromotionsFalse() {
        double limit = 1e-3;
        RateProof proof = RateProof.below(limit, Verdict.PROMOTE_ERROR);

        assertShare(share(() -> untilLowWithLateOnes(proof, limit, 3_000, false)), 0.61, THEIRS, 0.005);
        assertShare(share(() -> untilLowWithLateOnes(proof, limit, 3_000, true)), 0.048, THEIRS, 0.0005);
    }

    /// @param openIsBad whether an exposure that is not settled yet is counted, as bad; else it is not there yet
    private double untilLowWithLateOnes(RateProof proof, double limit, long late, boolean openIsBad) {
        double horizon = 100 / limit;
        long[] starts = new long[400];
        int bad = 0;
        long last = 0;
        while (last <= horizon) {
            last += Walk.untilBad(random, limit);
            starts[bad++] = last;
        }
        // Wealth rises until something bad is counted: at its start, or at its settlement.
        int started = 0;
        for (int counted = 0; counted < bad; counted++) {
            long look = (long) Math.min(horizon, (double) (starts[counted] + (openIsBad ? 0 : late) - 1));
            while (starts[started] <= look) {
                started++;
            }
            long exposures = openIsBad ? look : look - (started - counted);
            if (proof.holds(exposures, counted)) {
                return look;
            }
            if (look == (long) horizon) {
                return Walk.NEVER;
            }
        }
        return Walk.NEVER;
    }

    @Test
    void countingReadsInsteadOfChangesMakesPromotionsFalse() {
        double limit = 1e-4;
        Walk walk = low(limit);

        assertShare(share(() -> walk.untilLow(random, limit / 10, 10, 1, 1_000 / limit)), 0.80, THEIRS, 0.005);
        assertShare(share(() -> walk.untilLow(random, limit, 1_000 / limit)), 0.049, THEIRS_OF_FALSE_PROMOTE, 0.0005);
    }

    @ParameterizedTest(name = "{0} instances: {1}")
    @CsvSource({"2, 0.26", "4, 0.54"})
    void addingCountsOfInstancesThatSeeTheSameMakesPromotionsFalse(int instances, double expected) {
        double limit = 1e-3;
        Walk walk = low(limit);

        assertShare(share(() -> walk.untilLow(random, limit, 1, instances, 100 / limit)), expected, THEIRS, 0.005);
    }

    @Test
    void aGoodPastMakesTheProofOfAHighRateSlowAndTheGuardNot() {
        double limit = 1e-4;
        double past = 1e6;
        Walk walk = high(limit);

        assertMedian(178_667, () -> walk.untilHigh(random, 10 * limit, past, NO_HORIZON) - past);
        assertMedian(6_140, () -> {
            RateGuard guard = new RateGuard(limit, 1);
            guard.good((long) past);
            return guarded(guard, 10 * limit);
        });
    }

    private double[] sample(DoubleSupplier history) {
        return sample(HISTORIES, history);
    }

    private static double[] sample(int histories, DoubleSupplier history) {
        double[] results = new double[histories];
        Arrays.setAll(results, i -> history.getAsDouble());
        return results;
    }

    private double share(DoubleSupplier history) {
        return share(sample(history));
    }

    private static double share(double... results) {
        return share(results, each -> each < Walk.NEVER ? 1 : 0);
    }

    private static double share(double[] results, DoubleUnaryOperator counts) {
        return Arrays.stream(results).map(counts).average().orElseThrow();
    }

    private static void assertShare(double share, double expected, int theirs, double rounding) {
        double luck = Math.sqrt(standardErrorSquared(expected, HISTORIES) + standardErrorSquared(expected, theirs));

        assertThat(Math.abs(share - expected)).as("share %s, expected %s", share, expected)
                .isLessThanOrEqualTo(rounding + STANDARD_ERRORS * luck);
    }

    private void assertMedian(double expected, DoubleSupplier history) {
        assertMedian(sample(history), expected, 0.5);
    }

    /// If `expected` is the median, half of the results are below it and half above; as results come in steps, those equal to it are in
    /// between.
    private static void assertMedian(double[] results, double expected, double rounding) {
        double luck = STANDARD_ERRORS * 0.5 * Math.sqrt(1.0 / results.length + 1.0 / THEIRS);
        Arrays.sort(results);
        double median = results[results.length / 2];

        assertThat(share(results, each -> each < expected - rounding ? 1 : 0)).as("median %s", median)
                .isLessThanOrEqualTo(0.5 + luck);
        assertThat(share(results, each -> each <= expected + rounding ? 1 : 0)).as("median %s", median)
                .isGreaterThanOrEqualTo(0.5 - luck);
    }

    private static double standardError(double share, int histories) {
        return STANDARD_ERRORS * Math.sqrt(standardErrorSquared(share, histories));
    }

    private static double standardErrorSquared(double share, int histories) {
        return share * (1 - share) / histories;
    }
}
