package io.datadrivenchanges.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LevelRuleTest {
    private final LevelRule rule = new LevelRule();

    @Test
    void saysNothingBeforeTheFifthDelivery() {
        assertThat(count("1111")).containsOnly(Optional.empty());
        assertThat(count("1")).containsExactly(Optional.of(Level.OUTSTANDING));
    }

    @Test
    void reportsTheFirstLevelEvenIfItIsNormal() {
        assertThat(count("00000")).endsWith(Optional.of(Level.NORMAL));
    }

    @Test
    void reportsOnlyChanges() {
        count("11111");

        assertThat(count("1111")).containsOnly(Optional.empty());
    }

    @Test
    void isOutstandingFromNineteenOfTwenty() {
        count("1".repeat(19));

        assertThat(count("0")).containsExactly(Optional.empty());
        assertThat(count("0")).containsExactly(Optional.of(Level.HIGH));
    }

    @Test
    void isHighFromSeventeenOfTwenty() {
        count("1".repeat(17) + "00");

        assertThat(count("0")).containsExactly(Optional.empty());
        assertThat(count("0")).containsExactly(Optional.of(Level.NORMAL));
    }

    @Test
    void takesSharesOfFewerThanTwenty() {
        assertThat(count("111110")).endsWith(Optional.of(Level.OUTSTANDING), Optional.of(Level.NORMAL));
        assertThat(count("1")).containsExactly(Optional.of(Level.HIGH));
    }

    @Test
    void forgetsWhatIsOlderThanTwentyDeliveries() {
        count("0".repeat(20));
        count("1".repeat(16));

        assertThat(count("111")).containsExactly(Optional.of(Level.HIGH), Optional.empty(),
                Optional.of(Level.OUTSTANDING));
    }

    @Test
    void keepsCouriersApart() {
        count("11111");

        assertThat(rule.count(2, true)).isEmpty();
    }

    private List<Optional<Level>> count(String onTimes) {
        List<Optional<Level>> changes = new ArrayList<>();
        onTimes.chars().forEach(c -> changes.add(rule.count(1, c == '1')));
        return changes;
    }
}
