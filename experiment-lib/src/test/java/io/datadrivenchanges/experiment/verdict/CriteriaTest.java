package io.datadrivenchanges.experiment.verdict;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CriteriaTest {

    private static final Criteria.Budget BUDGET = new Criteria.Budget(10_000, 0.001);

    @Test
    void eachIsChangedByItself() {
        assertThat(Criteria.STANDARD.withRate(0.1).withBaselineRate(0.2).withBudget("EUR", BUDGET).withMinExposures(3)
                .withMinCohorts(4).withMinSpan(Duration.ofHours(5)).withSeeded(false))
                .isEqualTo(
                        new Criteria(0.1, 0.2, new TreeMap<>(Map.of("EUR", BUDGET)), 3, 4, Duration.ofHours(5), false));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 0.5, 1, Double.NaN})
    void refusesRatesThatCannotBeTolerated(double rate) {
        assertThatIllegalArgumentException().isThrownBy(() -> Criteria.STANDARD.withRate(rate));
        assertThatIllegalArgumentException().isThrownBy(() -> Criteria.STANDARD.withBaselineRate(rate));
    }

    @Test
    void refusesNegativeMinimaAndTakesNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> Criteria.STANDARD.withMinExposures(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> Criteria.STANDARD.withMinCohorts(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> Criteria.STANDARD.withMinSpan(Duration.ofNanos(-1)));
        assertThat(Criteria.STANDARD.withMinExposures(0).withMinCohorts(0).withMinSpan(Duration.ZERO).minSpan())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 0.1", "-1, 0.1", "1, 0", "1, 1", "1, NaN"})
    void refusesBudgetsThatMeanNothing(long cap, double share) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Criteria.Budget(cap, share));
    }

    @Test
    void takesTheSmallestBudget() {
        assertThat(new Criteria.Budget(1, Double.MIN_VALUE).cap()).isEqualTo(1);
    }
}
