package io.datadrivenchanges.experiment;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CauseTest {

    @ParameterizedTest
    @CsvSource({"1, 0, STALE", "0, 1, CANDIDATE_AHEAD", "0, 0, DIVERGED", "7, 7, DIVERGED", "-1, 0, DIVERGED",
            "0, -1, DIVERGED", "-1, -1, DIVERGED"})
    void isToldByTheVersionsOfWhichZeroIsOne(long control, long candidate, Cause cause) {
        assertThat(Cause.of(control, candidate)).isEqualTo(cause);
    }
}
