package io.datadrivenchanges.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

import io.datadrivenchanges.traffic.Plan.Planned;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SyntheticDeliveriesTest {

    @Test
    void areTheSameForTheSameSeed() {
        assertThat(first(50, 7)).isEqualTo(first(50, 7)).isNotEqualTo(first(50, 8));
    }

    @Test
    void comeAtTheRate() {
        assertThat(first(3, 7)).extracting(Planned::offsetNanos).containsExactly(0L, 100_000_000L, 200_000_000L);
    }

    @Test
    void makeLevelsChangeOften() {
        var rule = new LevelRule();

        long changes = first(2_000, 7).stream()
                .map(Planned::delivery)
                .filter(d -> rule.count(d.courierId(), d.onTime()).isPresent())
                .count();

        assertThat(changes).isGreaterThan(150);
    }

    @Test
    void endAtTheLimitOrNever() {
        assertThat(first(4, 7)).hasSize(4);
        assertThat(SyntheticDeliveries.plan(7, 20, 10, OptionalLong.empty()).total()).isEmpty();
    }

    private static List<Planned> first(int count, long seed) {
        List<Planned> planned = new ArrayList<>();
        SyntheticDeliveries.plan(seed, 20, 10, OptionalLong.of(count)).deliveries().forEachRemaining(planned::add);
        return planned;
    }
}
