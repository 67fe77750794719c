package io.datadrivenchanges.experiment.verdict;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class MixingTest {

    private static final double NOTHING = Double.NEGATIVE_INFINITY;

    @Test
    void meanOfNumbersTooGreatToBeWrittenDown() {
        assertThat(Mixing.logMean(10_000, 10_000 + Math.log(3))).isCloseTo(10_000 + Math.log(2), within(1e-9));
    }

    @Test
    void zerosCountAndMayBeAllThereIs() {
        assertThat(Mixing.logMean(NOTHING, 0)).isCloseTo(Math.log(0.5), within(1e-12));
        assertThat(Mixing.logMean(NOTHING, NOTHING)).isEqualTo(NOTHING);
    }
}
