package io.datadrivenchanges.experiment;

import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HistogramTest {

    private final Histogram histogram = new Histogram();

    @Test
    void smallValuesAreExact() {
        for (int i = 1; i <= 60; i++) {
            histogram.record(i);
        }

        assertThat(histogram.snapshot()).isEqualTo(new Summary.Durations(60, 1830, 30, 60, 60));
    }

    @Test
    void oneValueIsAllPercentiles() {
        histogram.record(1_234_567);

        assertThat(histogram.snapshot())
                .isEqualTo(new Summary.Durations(1, 1_234_567, 1_234_567, 1_234_567, 1_234_567));
    }

    @Test
    void durationWithoutUpperBoundIsLongerThanAnyAndAddsNothingToTheSum() {
        for (int i = 0; i < 98; i++) {
            histogram.record(10);
        }
        histogram.recordUnbounded();
        histogram.recordUnbounded();

        assertThat(histogram.snapshot())
                .isEqualTo(new Summary.Durations(100, 980, 10, Long.MAX_VALUE, Long.MAX_VALUE));
    }

    @Test
    void extremesHaveTheirPlace() {
        histogram.record(-5);
        histogram.record(0);
        histogram.record(Long.MAX_VALUE);

        assertThat(histogram.snapshot().p50Nanos()).isZero();
        assertThat(histogram.snapshot().maxNanos()).isEqualTo(Long.MAX_VALUE);
        assertThat(histogram.snapshot().p99Nanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void percentilesAreAtMostOnePartIn32TooHighAndNeverTooLow() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 50; round++) {
            Histogram one = new Histogram();
            long[] values = new long[1 + random.nextInt(2_000)];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextLong(1L << (1 + random.nextInt(50)));
                one.record(values[i]);
            }
            Arrays.sort(values);
            Summary.Durations durations = one.snapshot();
            isNear(durations.p50Nanos(), values[(int) Math.ceil(values.length * 0.50) - 1], seed);
            isNear(durations.p99Nanos(), values[(values.length * 99 + 99) / 100 - 1], seed);
            assertThat(durations.maxNanos()).isEqualTo(values[values.length - 1]);
        }
    }

    private static void isNear(long found, long exact, long seed) {
        assertThat(found).as("seed %d", seed).isBetween(exact, exact + exact / 32 + 1);
    }
}
