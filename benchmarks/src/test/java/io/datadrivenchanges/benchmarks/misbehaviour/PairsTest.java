package io.datadrivenchanges.benchmarks.misbehaviour;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class PairsTest {

    /// To which a block keeps a time of some microseconds.
    private static final double PRECISION = 0.3;

    private final Pairs pairs = new Pairs();

    private void add(long aloneMicros, long throughMicros) {
        pairs.add(block(aloneMicros), block(throughMicros));
    }

    private static Pairs.Block block(long micros) {
        Pairs.Block block = Pairs.block();
        for (int i = 0; i < 100; i++) {
            block.add(micros * 1_000);
        }
        return block;
    }

    private Pairs.Shift shift(double percentile) {
        return pairs.shift(percentile, new SplittableRandom(1));
    }

    @Test
    void whatIsAlwaysTheSameHasAnIntervalOfNoWidth() {
        for (int i = 0; i < 20; i++) {
            add(10, 12);
        }

        assertThat(pairs.aloneMicros(99.9)).isCloseTo(10, within(PRECISION));
        assertThat(pairs.throughMicros(99.9)).isCloseTo(12, within(PRECISION));
        Pairs.Shift shift = shift(99.9);
        assertThat(shift.micros()).isCloseTo(2, within(PRECISION));
        assertThat(shift.low()).isEqualTo(shift.micros());
        assertThat(shift.high()).isEqualTo(shift.micros());
    }

    @Test
    void whatHalfOfThePairsSayIsWithinTheInterval() {
        for (int i = 0; i < 21; i++) {
            add(10, i < 11 ? 30 : 10);
        }

        Pairs.Shift shift = shift(50);

        assertThat(shift.micros()).isCloseTo(20, within(PRECISION));
        assertThat(shift.low()).isZero();
        assertThat(shift.high()).isCloseTo(20, within(PRECISION));
    }

    @Test
    void whatSlowsBothIsNoShift() {
        for (int i = 0; i < 20; i++) {
            add(10 + 10 * i, 10 + 10 * i);
        }

        assertThat(shift(99.9)).isEqualTo(new Pairs.Shift(0, 0, 0));
    }

    @Test
    void rareSlowBlockIsNoticedByThePercentileThatItTouches() {
        for (int i = 0; i < 100; i++) {
            add(10, i == 0 ? 1_000 : 10);
        }

        assertThat(shift(50)).isEqualTo(new Pairs.Shift(0, 0, 0));
        assertThat(shift(99.9).high()).isCloseTo(990, within(10.0));
    }
}
