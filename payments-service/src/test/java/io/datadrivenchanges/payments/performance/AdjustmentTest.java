package io.datadrivenchanges.payments.performance;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.SplittableRandom;

import io.datadrivenchanges.cache.PerformanceLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.datadrivenchanges.payments.performance.Adjustment.basisPoints;
import static io.datadrivenchanges.payments.performance.Adjustment.halfEven;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AdjustmentTest {
    private static final long MAX_BASE = 900_000_000_000_000L;
    private static final int PAIRS = 500_000;

    @ParameterizedTest
    @CsvSource({"HIGH, 10000, 1000", "HIGH, 5, 0", "HIGH, 15, 2", "HIGH, 25, 2", "HIGH, 35, 4", "HIGH, 1005, 100",
            "HIGH, 1015, 102", "HIGH, 105, 10", "HIGH, 115, 12", "OUTSTANDING, 2, 0", "OUTSTANDING, 3, 1",
            "OUTSTANDING, 100000000, 20000000", "NORMAL, 100000000, 0"})
    void roundsAsTheTableSays(PerformanceLevel level, long base, long incentive) {
        assertThat(halfEven(base, basisPoints(level))).isEqualTo(incentive);
    }

    @Test
    void p5EqualsBigDecimalsHalfEven() {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < PAIRS; i++) {
            long base = random.nextLong() >>> random.nextInt(14, 63);
            int basisPoints = random.nextInt(2) == 0 ? 500 * random.nextInt(21) : random.nextInt(10_001);
            long bounded = Math.min(base, MAX_BASE);

            long expected = BigDecimal.valueOf(bounded).multiply(BigDecimal.valueOf(basisPoints))
                    .divide(BigDecimal.valueOf(10_000), 0, RoundingMode.HALF_EVEN).longValueExact();

            assertThat(halfEven(bounded, basisPoints)).as("seed %d, base %d, %d bp", seed, bounded, basisPoints)
                    .isEqualTo(expected);
        }
    }

    @Test
    void p5RisesWithBaseAndLevel() {
        for (long base = 1; base < 20_000; base++) {
            assertThat(halfEven(base, 1_000)).isBetween(halfEven(base - 1, 1_000), halfEven(base, 2_000));
        }
    }

    @Test
    void refusesToOverflow() {
        assertThatThrownBy(() -> halfEven(Long.MAX_VALUE, 1_000)).isInstanceOf(ArithmeticException.class);
    }
}
