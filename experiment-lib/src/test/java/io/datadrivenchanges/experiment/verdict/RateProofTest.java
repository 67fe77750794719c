package io.datadrivenchanges.experiment.verdict;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class RateProofTest {

    private static final double PROMOTE = 0.05;
    private static final double DEMOTE = 0.01;

    @ParameterizedTest
    @CsvSource({"0.001, 0, 3556", "0.001, 1, 6492", "0.001, 2, 8581", //
            "0.0001, 0, 35575", "0.0001, 1, 64939", "0.0001, 2, 85836", //
            "0.01, 0, 354", "0.01, 1, 647"})
    void provesALowRateWithExactlySoManyExposures(double limit, long bad, long exposures) {
        RateProof low = RateProof.below(limit, PROMOTE);

        assertThat(low.turningPoint(bad)).hasValue(exposures);
        assertThat(low.holds(exposures, bad)).isTrue();
        assertThat(low.holds(exposures - 1, bad)).isFalse();
    }

    @Test
    void isTheFormulaOfTheLikelihoodRatios() {
        double[] below = {0, 0.0001, 0.00025, 0.0005};
        double[] above = {0.002, 0.005, 0.02, 0.1};

        assertThat(Math.exp(RateProof.below(0.001, PROMOTE).logWealth(1_000, 3)))
                .isCloseTo(wealth(below, 0.001, 1_000, 3), within(1e-12));
        assertThat(Math.exp(RateProof.above(0.001, DEMOTE).logWealth(1_000, 3)))
                .isCloseTo(wealth(above, 0.001, 1_000, 3), within(1e-9));
    }

    private static double wealth(double[] alternatives, double limit, int exposures, int bad) {
        double sum = 0;
        for (double q : alternatives) {
            sum += Math.pow(q / limit, bad) * Math.pow((1 - q) / (1 - limit), exposures - bad);
        }
        return sum / alternatives.length;
    }

    @Test
    void hasToReachTheInverseOfTheErrorBound() {
        assertThat(RateProof.below(0.001, PROMOTE).boundary()).isCloseTo(Math.log(20), within(1e-12));
        assertThat(RateProof.above(0.001, DEMOTE).boundary()).isCloseTo(Math.log(100), within(1e-12));
    }

    @Test
    void startsWithAWealthOfOne() {
        assertThat(RateProof.below(0.001, PROMOTE).logWealth(0, 0)).isZero();
        assertThat(RateProof.above(0.001, DEMOTE).logWealth(0, 0)).isZero();
    }

    @Test
    void keepsItsPrecisionWhereTheWealthItselfWouldOverflow() {
        RateProof low = RateProof.below(0.001, PROMOTE);

        assertThat(low.logWealth(10_000_000_000L, 0)).isCloseTo(10_000_000_000L * -Math.log1p(-0.001) - Math.log(4),
                within(1e-3));
        assertThat(low.logWealth(1_000_000, 1_000_000)).isCloseTo(1_000_000 * Math.log(0.5) - Math.log(4),
                within(1e-6));
    }

    @Test
    void takesTheAlternativesOfAHighLimitAsOneHalfAtMost() {
        RateProof high = RateProof.above(0.2, DEMOTE);

        assertThat(Math.exp(high.logWealth(4, 3))).isCloseTo(
                wealth(new double[]{0.4, 0.5, 0.5, 0.5}, 0.2, 4, 3), within(1e-12));
    }

    @Test
    void aGoodExposureSpeaksForALowRateAndABadOneForAHighRate() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            double limit = Math.pow(10, -1 - 4 * random.nextDouble());
            long exposures = random.nextLong(1, 1_000_000);
            long bad = random.nextLong(Math.min(exposures, 1_000));
            RateProof low = RateProof.below(limit, PROMOTE);
            RateProof high = RateProof.above(limit, DEMOTE);

            assertThat(low.logWealth(exposures + 1, bad)).isGreaterThan(low.logWealth(exposures, bad));
            assertThat(low.logWealth(exposures + 1, bad + 1)).isLessThan(low.logWealth(exposures, bad));
            assertThat(high.logWealth(exposures + 1, bad)).isLessThan(high.logWealth(exposures, bad));
            assertThat(high.logWealth(exposures + 1, bad + 1)).isGreaterThan(high.logWealth(exposures, bad));
        }
    }

    @Test
    void aHighRateIsProvenUpToTheTurningPoint() {
        RateProof high = RateProof.above(0.001, DEMOTE);
        for (long bad = 2; bad < 200; bad++) {
            long last = high.turningPoint(bad).orElseThrow();

            assertThat(high.holds(last, bad)).isTrue();
            assertThat(high.holds(last + 1, bad)).isFalse();
        }
    }

    @Test
    void oneBadExposureAloneMayProveNothing() {
        assertThat(RateProof.above(0.1, DEMOTE).turningPoint(1)).isEmpty();
        assertThat(RateProof.above(0.001, DEMOTE).turningPoint(0)).isEmpty();
    }

    @Test
    void theUpperBoundIsTheLeastPreferredRateProven() {
        assertThat(RateProof.upperBound(0, 0, PROMOTE)).isEmpty();
        assertThat(RateProof.upperBound(3_556, 0, PROMOTE)).hasValue(0.001);
        assertThat(RateProof.upperBound(3_555, 0, PROMOTE)).hasValue(0.00125);
        assertThat(RateProof.upperBound(64_939, 1, PROMOTE)).hasValue(0.0001);
        assertThat(RateProof.upperBound(10, 10, PROMOTE)).isEmpty();
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatIllegalArgumentException().isThrownBy(() -> RateProof.below(0, PROMOTE));
        assertThatIllegalArgumentException().isThrownBy(() -> RateProof.above(0.5, PROMOTE));
        assertThatIllegalArgumentException().isThrownBy(() -> RateProof.below(Double.NaN, PROMOTE));
        assertThatIllegalArgumentException().isThrownBy(() -> RateProof.below(0.1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> RateProof.below(0.1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> RateProof.below(0.1, PROMOTE).logWealth(1, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> RateProof.below(0.1, PROMOTE).logWealth(1, -1));
    }
}
