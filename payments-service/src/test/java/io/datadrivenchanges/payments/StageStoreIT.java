package io.datadrivenchanges.payments;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

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

    /// Lets an instance have saved for the last time a while ago.
    private static void age(String experiment, String instance, String by) {
        assertThat(RunningPayments.sql("pay_app")
                .sql("UPDATE experiment_totals SET saved_at = saved_at - CAST(:by AS interval), "
                        + "begun_at = begun_at - CAST(:by AS interval) WHERE experiment = :experiment AND instance = :instance")
                .param("by", by).param("experiment", experiment).param("instance", instance).update()).isPositive();
    }

    private static long rows(String experiment) {
        return RunningPayments.sql("pay_app")
                .sql("SELECT count(*) FROM experiment_totals WHERE experiment = :experiment")
                .param("experiment", experiment).query(Long.class).single();
    }

    @Test
    void keepsOneSumOfTheEpochsThatEndedLongAgo() {
        for (int restart = 1; restart <= 30; restart++) {
            store.save("restarts", "1/v1", "one", "epoch " + restart, good(restart));
            age("restarts", "one", "11 minutes");
        }
        store.save("restarts", "1/v1", "one", "recent", good(1_000));
        store.save("restarts", "1/v1", "one", "present", good(10_000));

        assertThat(store.fleet("restarts", "1/v1").instances()).containsExactly(good(11_000 + 30 * 31 / 2));
        assertThat(rows("restarts")).as("the sum, the recent one, the present one").isEqualTo(3);
        assertThat(store.fleet("restarts", "1/v1").span()).as("since the first began")
                .isBetween(Duration.ofMinutes(30 * 11), Duration.ofMinutes(30 * 11 + 5));
    }

    @Test
    void aNewNameGoesOnFromOneThatEndedLongAgo() {
        for (int start = 1; start <= 30; start++) {
            store.save("renamed", "1/v1", "host " + start, "epoch " + start, good(start));
            age("renamed", "host " + start, "11 minutes");
        }
        store.save("renamed", "1/v1", "last", "present", good(1_000));

        assertThat(store.fleet("renamed", "1/v1").instances()).as("one after the other: as if restarted")
                .containsExactly(good(1_000 + 30 * 31 / 2));
        assertThat(rows("renamed")).isEqualTo(2);
    }

    @Test
    void neverAddsUpInstancesThatMayRunAtTheSameTime() {
        store.save("beside", "1/v1", "one", "a", good(1));
        age("beside", "one", "11 minutes");
        store.save("beside", "1/v1", "one", "b", good(2));
        store.save("beside", "1/v1", "two", "c", good(10));
        age("beside", "two", "9 minutes");

        store.save("beside", "1/v1", "three", "d", good(100));

        assertThat(store.fleet("beside", "1/v1").instances()).as("by name").containsExactly(good(3), good(100),
                good(10));
    }

    @Test
    void eachOfManyThatBeginAtTheSameTimeGoesOnFromAnother() throws Exception {
        int instances = 4;
        for (int i = 1; i <= instances; i++) {
            store.save("many", "1/v1", "old " + i, "epoch " + i, good(1));
        }
        for (int i = 1; i <= instances; i++) {
            age("many", "old " + i, "11 minutes");
        }
        List<Future<?>> begun = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 1; i <= instances; i++) {
                String name = "new " + i;
                begun.add(threads.submit(() -> store.save("many", "1/v1", name, "epoch of " + name, good(10))));
            }
            for (Future<?> one : begun) {
                one.get(20, TimeUnit.SECONDS);
            }
        }

        assertThat(store.fleet("many", "1/v1").instances()).hasSize(instances).containsOnly(good(11));
        assertThat(rows("many")).isEqualTo(2L * instances);
    }

    @Test
    void countsNothingTwiceOfAnInstanceThatWasTakenForEnded() {
        try (var other = new RunningPayments()) {
            StageStore away = other.bean(StageStore.class);
            away.save("away", "1/v1", "one", "a", good(5));
            age("away", "one", "11 minutes");
            store.save("away", "1/v1", "two", "b", good(1));

            away.save("away", "1/v1", "one", "a", good(7));
            away.save("away", "1/v1", "one", "a", good(9));

            assertThat(store.fleet("away", "1/v1").instances()).as("what it had saved, once").containsExactly(good(6));
            away.save("away", "2/v1", "one", "a", good(2));
            assertThat(store.fleet("away", "2/v1").instances()).as("it counts in the next generation")
                    .containsExactly(good(2));
        }
    }

    @Test
    void keepsTheRowOfAnInstanceThatSavesAgainInTime() {
        store.save("back", "1/v1", "one", "a", good(5));
        age("back", "one", "11 minutes");
        store.save("back", "1/v1", "one", "a", good(7));

        store.save("back", "1/v1", "two", "b", good(1));

        assertThat(store.fleet("back", "1/v1").instances()).containsExactly(good(7), good(1));
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
