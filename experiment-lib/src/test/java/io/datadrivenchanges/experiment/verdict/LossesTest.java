package io.datadrivenchanges.experiment.verdict;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class LossesTest {

    private static final double ERROR = 0.05;

    private static Losses of(double... shares) {
        long[] counts = new long[Losses.BUCKETS];
        for (double share : shares) {
            counts[Losses.bucket(share)]++;
        }
        return Losses.of(counts);
    }

    @Test
    void aShareIsNeverTakenAsLessAndAtMostATrifleMore() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            long cap = random.nextLong(1, 1_000_000_000);
            long loss = random.nextLong(Math.max(1, cap >> 15), cap + 1);
            double share = (double) loss / cap;

            assertThat(Losses.share(Losses.bucket(loss, cap))).isBetween(share * (1 - 1e-12), share * 1.0222);
        }
    }

    @Test
    void theCapAndWhatIsBeyondHaveTheLastBucketAndATrifleTheFirst() {
        assertThat(Losses.bucket(100, 100)).isEqualTo(Losses.BUCKETS - 1);
        assertThat(Losses.bucket(101, 100)).isEqualTo(Losses.BUCKETS - 1);
        assertThat(Losses.bucket(1, Long.MAX_VALUE)).isZero();
        assertThat(Losses.share(Losses.BUCKETS - 1)).isEqualTo(1);
    }

    @Test
    void isTheFormulaLossByLoss() {
        double mean = 0.01;
        double[] shares = {0.5, 0.25, 0.25, 0.125};
        double sum = 0;
        for (double part : new double[]{1, 0.9, 0.75, 0.5}) {
            double bet = part / (1 - mean);
            double wealth = Math.pow(1 + bet * mean, 96);
            for (double share : shares) {
                wealth *= 1 + bet * (mean - share);
            }
            sum += wealth / 4;
        }

        assertThat(Math.exp(of(shares).logWealth(100, 0, mean))).isCloseTo(sum, within(1e-12));
    }

    @Test
    void theWholeCapRuinsOnlyTheBoldestBet() {
        double oneLess = of(1).logWealth(100_000, 0, 1e-4);

        assertThat(oneLess).isFinite().isLessThan(Losses.NONE.logWealth(100_000, 0, 1e-4));
    }

    @Test
    void whatIsNotKnownYetIsTakenAsTheWholeCap() {
        assertThat(Losses.NONE.logWealth(10_000, 2, 1e-3)).isEqualTo(of(1, 1).logWealth(10_000, 0, 1e-3));
    }

    @Test
    void needsAsManyExposuresWithoutALossAsARateProofWithoutABadOneAtTheMost() {
        long exposures = 0;
        while (Losses.NONE.logWealth(exposures, 0, 1e-3) < -Math.log(ERROR)) {
            exposures++;
        }

        assertThat(exposures).isBetween(3_000L, 3_556L);
    }

    @Test
    void theUpperBoundIsTheLeastPreferredShareThatIsRejected() {
        Losses losses = of(0.5, 0.1);
        double bound = losses.upperBound(20_000, 0, ERROR).orElseThrow();

        assertThat(losses.logWealth(20_000, 0, bound)).isGreaterThanOrEqualTo(-Math.log(ERROR));
        assertThat(losses.logWealth(20_000, 0, bound / 1.3)).isLessThan(-Math.log(ERROR));
        assertThat(Losses.NONE.upperBound(0, 0, ERROR)).isEmpty();
    }

    @Test
    void anUpperBoundRejectsEveryGreaterShareToo() {
        Losses losses = of(0.9, 0.3, 0.01, 0.001);
        double before = Double.NEGATIVE_INFINITY;
        for (double mean = 1e-5; mean < 0.9; mean *= 1.1) {
            double wealth = losses.logWealth(5_000, 3, mean);

            assertThat(wealth).isGreaterThanOrEqualTo(before);
            before = wealth;
        }
    }

    @Test
    void addsUp() {
        assertThat(of(0.5, 0.1).plus(of(0.5))).isEqualTo(of(0.5, 0.5, 0.1)).hasSameHashCodeAs(of(0.5, 0.5, 0.1));
        assertThat(of(0.5, 0.1).exposures()).isEqualTo(2);
        assertThat(of(0.5, 0.1)).hasToString("Losses[2 exposures]");
        assertThat(Losses.of(of(0.3).counts())).isEqualTo(of(0.3)).isNotEqualTo(of(0.6));
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatIllegalArgumentException().isThrownBy(() -> Losses.of(1, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> Losses.bucket(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Losses.bucket(1, 0));
        long[] negative = new long[Losses.BUCKETS];
        negative[0] = -1;
        assertThatIllegalArgumentException().isThrownBy(() -> Losses.of(negative));
        assertThatIllegalArgumentException().isThrownBy(() -> Losses.NONE.logWealth(1, -1, 0.1));
        assertThatIllegalArgumentException().isThrownBy(() -> Losses.NONE.logWealth(1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Losses.NONE.logWealth(1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Losses.NONE.upperBound(1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Losses.NONE.upperBound(1, 0, 1));
    }
}
