package io.datadrivenchanges.payments;

import java.time.Duration;
import java.util.List;

import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageStore;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.experiment.StageSwitch.Staged;
import io.datadrivenchanges.experiment.verdict.Counts;
import io.datadrivenchanges.experiment.verdict.Fleet;
import io.datadrivenchanges.experiment.verdict.Totals;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// What the instances have in common is kept in the database.
class StageStoreIT {
    private static final String EXPERIMENT = "courier-performance";
    private static RunningPayments payments;
    private static StageStore store;

    @BeforeAll
    static void start() {
        payments = new RunningPayments();
        store = payments.bean(StageStore.class);
    }

    @AfterAll
    static void stop() {
        payments.close();
    }

    @AfterEach
    void backToShadow() {
        payments.stage(Stage.SHADOW);
    }

    private static Totals good(long count) {
        return Totals.NONE.plus(new Totals(new Counts(count, 0, 0, 0, 0, 0), Counts.NONE, Totals.NONE.cohorts(),
                Totals.NONE.losses(), 0, 0, 0, count, 0, true, false));
    }

    private static Staged staged() {
        return payments.bean(StageSwitch.class).staged(EXPERIMENT).orElseThrow();
    }

    private static StageStore.Stored stored() {
        return store.stage(EXPERIMENT).orElseThrow();
    }

    @Test
    void overwritesAnEpochAndAddsTheEpochsOfAnInstance() {
        store.save("overwrite", "1/v1", "one", "a", good(1));
        store.save("overwrite", "1/v1", "one", "a", good(5));
        store.save("overwrite", "1/v1", "one", "b", good(30));
        store.save("overwrite", "1/v1", "two", "c", good(7));
        store.save("overwrite", "2/v1", "one", "b", good(1_000));
        store.save("another", "1/v1", "one", "a", good(1_000));

        assertThat(store.fleet("overwrite", "1/v1").instances()).containsExactly(good(35), good(7));
        assertThat(store.fleet("overwrite", "3/v1")).isEqualTo(new Fleet(List.of(), Duration.ZERO));
    }

    @Test
    void countsTheTimeFromTheFirstEpochOn() {
        store.save("span", "1/v1", "one", "a", good(1));
        RunningPayments.sql("pay_app").sql("UPDATE experiment_totals SET begun_at = begun_at - interval '8 days' "
                + "WHERE experiment = 'span'").update();
        store.save("span", "1/v1", "one", "a", good(2));
        store.save("span", "1/v1", "two", "b", good(2));

        assertThat(store.fleet("span", "1/v1").span()).isBetween(Duration.ofDays(8), Duration.ofDays(9));
    }

    @Test
    void forgetsOldGenerationsButNotThePresentOne() {
        for (int revision = 1; revision <= 40; revision++) {
            store.save("forget", revision + "/v1", "one", "a", good(revision));
        }
        store.save("forget", "40/v1", "two", "b", good(2));

        assertThat(RunningPayments.sql("pay_app").sql("""
                SELECT DISTINCT generation FROM experiment_totals WHERE experiment = 'forget'""")
                .query(String.class).list()).hasSize(16).contains("25/v1", "40/v1").doesNotContain("24/v1");
        assertThat(store.fleet("forget", "40/v1").instances()).containsExactly(good(40), good(2));
    }

    @Test
    void changesAStageOnlyFromTheRevisionThatWasRead() {
        StageStore.Stored before = stored();

        assertThat(store.change(EXPERIMENT, before, Stage.CANARY, 5, "experiment", "enough seen")).isTrue();
        assertThat(store.change(EXPERIMENT, before, Stage.CANARY, 50, "experiment", "seen by another")).isFalse();

        assertThat(stored()).isEqualTo(new StageStore.Stored(Stage.CANARY, 5, before.revision() + 1));
        assertThat(staged()).extracting(Staged::who, Staged::why, Staged::from, Staged::override)
                .containsExactly("experiment", "enough seen", Stage.SHADOW, null);
        assertThat(store.change("no-such-experiment", before, Stage.LIVE, 0, "experiment", "none")).isFalse();
    }

    @Test
    void losesAgainstAnotherInstanceThatWasFaster() {
        try (var other = new RunningPayments()) {
            StageStore.Stored before = stored();
            other.stage(Stage.LIVE);

            assertThat(store.change(EXPERIMENT, before, Stage.CANARY, 5, "experiment", "enough seen")).isFalse();

            assertThat(stored()).as("known at once").isEqualTo(
                    new StageStore.Stored(Stage.LIVE, 0, before.revision() + 1));
        }
    }

    @Test
    void keepsWhatAllowsToSkipASharelessCanary() {
        assertThat(store.change(EXPERIMENT, stored(), Stage.LIVE, 0, "experiment", "no share")).isTrue();

        assertThat(staged().override()).isEqualTo("experiment.promotion.canary-shares");
    }

    @Test
    void cutsALongReason() {
        assertThat(store.change(EXPERIMENT, stored(), Stage.CANARY, 5, "experiment", "x".repeat(500))).isTrue();

        assertThat(staged().why()).isEqualTo("x".repeat(199) + "…");
    }
}
