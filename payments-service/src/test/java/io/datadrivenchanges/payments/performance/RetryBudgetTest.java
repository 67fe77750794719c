package io.datadrivenchanges.payments.performance;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RetryBudgetTest {

    @Test
    void allowsOneRetryForTenCalls() {
        var budget = new RetryBudget();

        long retries = IntStream.range(0, 1_000).filter(_ -> {
            budget.earn();
            return budget.spend();
        }).count();

        assertThat(retries).isBetween(100L, 101L);
    }

    @Test
    void savesUpTenAtMost() {
        var budget = new RetryBudget();
        IntStream.range(0, 10_000).forEach(_ -> budget.earn());

        assertThat(IntStream.range(0, 100).filter(_ -> budget.spend()).count()).isEqualTo(10);
    }
}
