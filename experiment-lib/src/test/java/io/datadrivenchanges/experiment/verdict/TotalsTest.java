package io.datadrivenchanges.experiment.verdict;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TotalsTest {

    private static Totals totals(long n, String cohort, String currency) {
        SortedMap<String, Counts> cohorts = new TreeMap<>();
        cohorts.put(cohort, new Counts(n, 2, 3, 4, 5, 6));
        SortedMap<String, Losses> losses = new TreeMap<>();
        long[] counts = new long[Losses.BUCKETS];
        counts[7] = n;
        counts[Losses.BUCKETS - 1] = 1;
        losses.put(currency, Losses.of(counts));
        return new Totals(new Counts(n, 2, 3, 4, 5, 6), new Counts(6, 5, 4, 3, 2, n), cohorts, losses, 3, 20, 4, 100, 9,
                true, false);
    }

    @Test
    void comesBackFromItsText() {
        Totals totals = totals(1, "a b=c:d,é", "EUR");

        assertThat(totals.text()).matches("\\p{Print}+");
        assertThat(Totals.ofText(totals.text())).isEqualTo(totals);
        assertThat(Totals.ofText(Totals.NONE.text())).isEqualTo(Totals.NONE);
    }

    @Test
    void lossesOfTheFirstBucketAndOfTheLastComeBack() {
        long[] counts = new long[Losses.BUCKETS];
        counts[0] = 1;
        counts[Losses.BUCKETS - 1] = 2;
        SortedMap<String, Losses> losses = new TreeMap<>();
        losses.put("EUR", Losses.of(counts));
        Totals totals = new Totals(Counts.NONE, Counts.NONE, new TreeMap<>(), losses, 0, 0, 0, 0, 0, true, false);

        assertThat(Totals.ofText(totals.text())).isEqualTo(totals);
    }

    @Test
    void hasAFixedText() {
        assertThat(totals(1, "new", "EUR").text()).isEqualTo("changes=1,2,3,4,5,6 baseline=6,5,4,3,2,1 "
                + "cohort:new=1,2,3,4,5,6 losses:EUR=7:1,512:1 beyond_cap=3 seeds=20,4 runs=100,9 laws_intact=true "
                + "alarm=false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "=1", "changes=1,2,3", "changes=1,2,3,4,5,6", "losses:EUR=9999:1",
            "losses:EUR=513:1",
            "losses:EUR=1", "cohort:a=a"})
    void refusesAnotherText(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Totals.ofText(text));
    }

    @Test
    void leavesFieldsThatItDoesNotKnowAlone() {
        Totals totals = totals(1, "new", "EUR");

        assertThat(Totals.ofText(totals.text() + " x=1 later=2")).isEqualTo(totals);
    }

    @Test
    void addsUp() {
        Totals both = totals(1, "a", "EUR").plus(totals(10, "b", "EUR")).plus(totals(100, "a", "USD"));

        assertThat(both.changes()).isEqualTo(new Counts(111, 6, 9, 12, 15, 18));
        assertThat(both.baseline()).isEqualTo(new Counts(18, 15, 12, 9, 6, 111));
        assertThat(both.cohorts()).containsEntry("a", new Counts(101, 4, 6, 8, 10, 12)).containsEntry("b",
                new Counts(10, 2, 3, 4, 5, 6));
        assertThat(both.losses()).hasEntrySatisfying("EUR", losses -> assertThat(losses.exposures()).isEqualTo(13))
                .hasEntrySatisfying("USD", losses -> assertThat(losses.exposures()).isEqualTo(101));
        assertThat(both.seeds()).isEqualTo(60);
        assertThat(both.seedsMissed()).isEqualTo(12);
        assertThat(both.runs()).isEqualTo(300);
        assertThat(both.shed()).isEqualTo(27);
        assertThat(both.beyondCap()).isEqualTo(9);
    }

    @Test
    void oneBrokenOneOrOneAlarmIsEnough() {
        Totals broken = new Totals(Counts.NONE, Counts.NONE, new TreeMap<>(), new TreeMap<>(), 0, 0, 0, 0, 0, false,
                true);

        assertThat(Totals.NONE.plus(broken).lawsIntact()).isFalse();
        assertThat(broken.plus(Totals.NONE).alarm()).isTrue();
    }

    private static Totals of(long beyondCap, long seeds, long seedsMissed, long runs, long shed) {
        return new Totals(Counts.NONE, Counts.NONE, new TreeMap<>(), new TreeMap<>(), beyondCap, seeds, seedsMissed,
                runs, shed, true, false);
    }

    @Test
    void takesCountsAtTheirBounds() {
        assertThat(of(0, 2, 2, 3, 3).shed()).isEqualTo(3);
        assertThat(new Fleet(List.of(), Duration.ZERO).sum()).isEqualTo(Totals.NONE);
    }

    @Test
    void refusesCountsThatContradictEachOther() {
        for (int negative = 0; negative < 6; negative++) {
            long[] n = new long[6];
            n[negative] = -1;
            assertThatIllegalArgumentException().isThrownBy(() -> new Counts(n[0], n[1], n[2], n[3], n[4], n[5]));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> of(-1, 0, 0, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> of(0, 0, -1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> of(0, 1, 2, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> of(0, 0, 0, 0, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> of(0, 0, 0, 1, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> new Fleet(List.of(), Duration.ofNanos(-1)));
    }
}
