package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.datadrivenchanges.experiment.testing.VirtualTime;
import io.datadrivenchanges.experiment.verdict.Counts;
import io.datadrivenchanges.experiment.verdict.Criteria;
import io.datadrivenchanges.experiment.verdict.Fleet;
import io.datadrivenchanges.experiment.verdict.Totals;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class StageKeeperTest {

    private static final Duration STAY = Duration.ofMinutes(10);
    private static final Criteria CRITERIA = Criteria.STANDARD.withMinSpan(Duration.ofHours(1)).withSeeded(false);

    private final VirtualTime time = new VirtualTime();
    private final Memory store = new Memory(time);
    private final Gate gate = new Gate();
    private final Instance one = new Instance("one");
    private final Instance two = new Instance("two");

    /// A store in memory that can be away.
    private static final class Memory implements StageStore {

        private final VirtualTime time;
        private final Map<String, Totals> totals = new LinkedHashMap<>();
        private final Map<String, Long> begun = new HashMap<>();
        private final List<String> audit = new ArrayList<>();
        private Stored stored = new Stored(Stage.SHADOW, 0, 1);
        private boolean away;
        private boolean readOnly;

        private Memory(VirtualTime time) {
            this.time = time;
        }

        @Override
        public Optional<Stored> stage(String experiment) {
            if (away) {
                throw new IllegalStateException("away");
            }
            return Optional.of(stored);
        }

        @Override
        public boolean change(String experiment, Stored from, Stage to, int canaryPercent, String who, String why) {
            if (readOnly) {
                throw new IllegalStateException("read only");
            }
            if (from.revision() != stored.revision()) {
                return false;
            }
            audit.add(time.nanos() / 1_000_000_000 + " " + stored.stage() + " → " + to + " by " + who + ": " + why);
            stored = new Stored(to, canaryPercent, stored.revision() + 1);
            return true;
        }

        @Override
        public void save(String experiment, String generation, String instance, String epoch, Totals counted) {
            begun.putIfAbsent(generation, time.nanos());
            totals.put(generation + "|" + instance + "|" + epoch, counted);
        }

        @Override
        public Fleet fleet(String experiment, String generation) {
            Map<String, Totals> byInstance = new HashMap<>();
            totals.forEach((key, counted) -> {
                String[] parts = key.split("\\|", -1);
                if (parts[0].equals(generation)) {
                    byInstance.merge(parts[1], counted, Totals::plus);
                }
            });
            return new Fleet(List.copyOf(byInstance.values()),
                    Duration.ofNanos(time.nanos() - begun.getOrDefault(generation, time.nanos())));
        }
    }

    /// A gate that notes what it was asked.
    private static final class Gate implements AuditGate {

        private final List<Instant> asked = new ArrayList<>();
        private boolean open = true;
        private boolean broken;

        @Override
        public boolean isPassed(String experiment, Instant since) {
            if (broken) {
                throw new IllegalStateException("broken");
            }
            asked.add(since);
            return open;
        }
    }

    /// What an instance counts, as a test says.
    private final class Instance implements StageKeeper.Counting {

        private final String name;
        private int epoch;
        private StageKeeper keeper;
        private Counts changes = Counts.NONE;
        private Counts baseline = Counts.NONE;
        private boolean alarm;

        private Instance(String name) {
            this.name = name;
            keeper = newKeeper();
        }

        private StageKeeper newKeeper() {
            return new StageKeeper("e", store, time, this, CRITERIA,
                    new Promotion(name, "v1", List.of(10), STAY, true), gate, "epoch " + epoch);
        }

        private void restart() {
            epoch++;
            begin();
            keeper = newKeeper();
        }

        private void seesGood(long count) {
            changes = changes.plus(new Counts(count, 0, 0, 0, 0, 0));
            baseline = baseline.plus(new Counts(count, 0, 0, 0, 0, 0));
        }

        @Override
        public boolean alarmed() {
            return alarm;
        }

        @Override
        public Totals totals() {
            return new Totals(changes, baseline, Totals.NONE.cohorts(), Totals.NONE.losses(), 0, 0, 0, 1, 0, true,
                    alarm);
        }

        @Override
        public void begin() {
            changes = Counts.NONE;
            baseline = Counts.NONE;
            alarm = false;
        }
    }

    @BeforeEach
    void see() {
        second();
    }

    private void second() {
        time.advance(Duration.ofSeconds(1));
        one.keeper.tick();
        two.keeper.tick();
    }

    private void anHour() {
        second();
        time.advance(Duration.ofHours(1));
        second();
    }

    @Test
    void climbsTheLadderOneRungAtATimeEachWithEvidenceOfItsOwn() {
        one.seesGood(3_556);
        two.seesGood(3_556);
        second();
        assertThat(store.stored.stage()).as("the hour asked for is not over").isEqualTo(Stage.SHADOW);
        anHour();
        assertThat(store.stored).isEqualTo(new StageStore.Stored(Stage.CANARY, 10, 2));

        anHour();
        assertThat(store.stored.stage()).as("no evidence yet").isEqualTo(Stage.CANARY);
        one.seesGood(3_556);
        two.seesGood(3_556);
        second();
        assertThat(store.stored).isEqualTo(new StageStore.Stored(Stage.LIVE, 0, 3));

        one.seesGood(10_000);
        two.seesGood(10_000);
        anHour();
        assertThat(store.stored.stage()).as("COMPLETE is for people").isEqualTo(Stage.LIVE);
        assertThat(store.audit).hasSize(2).first().asString().contains("SHADOW → CANARY by experiment: Fewer than 1");
    }

    @Test
    void instancesDoNotProveTheSameTwice() {
        one.seesGood(3_000);
        two.seesGood(3_000);
        anHour();

        assertThat(store.stored.stage()).isEqualTo(Stage.SHADOW);
    }

    @Test
    void anyInstancesAlarmTakesItBackWithinASecond() {
        store.change("e", store.stored, Stage.LIVE, 0, "ada", "ticket 7");
        second();
        one.seesGood(1_000_000);

        two.alarm = true;
        assertThat(one.keeper.effective(Stage.LIVE)).isEqualTo(Stage.LIVE);
        second();
        assertThat(two.keeper.effective(Stage.LIVE)).as("whatever its source of stages still says")
                .isEqualTo(Stage.SHADOW);

        assertThat(store.stored.stage()).isEqualTo(Stage.SHADOW);
        assertThat(store.audit.getLast()).contains("LIVE → SHADOW by experiment: the guard's alarm");
        second();
        assertThat(two.keeper.effective(Stage.SHADOW)).isEqualTo(Stage.SHADOW);
        assertThat(two.alarm).as("a new generation").isFalse();
    }

    @Test
    void anAlarmOfAnInstanceThatDiedIsAnsweredByAnother() {
        store.change("e", store.stored, Stage.LIVE, 0, "ada", "ticket 7");
        second();
        two.alarm = true;
        store.save("e", "2/v1", "two", "epoch 0", two.totals());

        one.keeper.tick();

        assertThat(store.stored.stage()).isEqualTo(Stage.SHADOW);
    }

    @Test
    void holdsBackWhileTheStoreIsAwayAndWritesItLater() {
        store.change("e", store.stored, Stage.LIVE, 0, "ada", "ticket 7");
        second();
        two.alarm = true;
        store.away = true;
        assertThatIllegalStateException().isThrownBy(two.keeper::tick);
        assertThat(two.keeper.effective(Stage.LIVE)).isEqualTo(Stage.SHADOW);

        store.away = false;
        second();

        assertThat(store.stored.stage()).isEqualTo(Stage.SHADOW);
    }

    @Test
    void aRestartNeitherLosesNorDoublesWhatWasCounted() {
        one.seesGood(2_000);
        second();
        second();
        one.restart();
        second();
        one.seesGood(1_555);
        second();
        assertThat(store.fleet("e", "1/v1").sum().changes().good()).isEqualTo(3_555);

        one.seesGood(1);
        second();

        assertThat(store.fleet("e", "1/v1").sum().changes().good()).isEqualTo(3_556);
        assertThat(one.keeper.fleet()).isEqualTo(store.fleet("e", "1/v1"));
    }

    @Test
    void aRestartDoesNotBeginTheWeekAnew() {
        one.seesGood(3_556);
        two.seesGood(3_556);
        second();
        time.advance(Duration.ofMinutes(40));
        second();
        one.restart();
        two.restart();
        second();

        time.advance(Duration.ofMinutes(30));
        second();

        assertThat(store.stored.stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void showsNothingOfTheStageBefore() {
        one.seesGood(10);
        second();
        assertThat(one.keeper.fleet()).isNotNull();

        store.change("e", store.stored, Stage.CANARY, 5, "ada", "ticket 7");
        second();
        assertThat(one.keeper.fleet()).isNull();
        second();

        assertThat(one.keeper.fleet()).extracting(fleet -> fleet.sum().changes().good()).isEqualTo(0L);
    }

    @Test
    void anAlarmAtShadowDoesNotHoldBackWhoGoesOnFromThere() {
        one.alarm = true;
        second();

        store.change("e", store.stored, Stage.LIVE, 0, "ada", "ticket 7");

        assertThat(one.keeper.effective(Stage.LIVE)).as("before the next look").isEqualTo(Stage.LIVE);
        second();
        assertThat(one.keeper.effective(Stage.LIVE)).isEqualTo(Stage.LIVE);
        assertThat(store.stored.stage()).isEqualTo(Stage.LIVE);
    }

    @Test
    void doesNotComeBackBeforeItHasStayedAndShownItAnew() {
        store.change("e", store.stored, Stage.LIVE, 0, "ada", "ticket 7");
        second();
        one.alarm = true;
        second();
        int changes = store.audit.size();
        for (int i = 0; i < 599; i++) {
            one.seesGood(1_000);
            two.seesGood(1_000);
            second();
        }

        assertThat(store.audit).hasSize(changes);
        assertThat(store.stored.stage()).isEqualTo(Stage.SHADOW);
    }

    private void showEnough() {
        one.seesGood(3_556);
        two.seesGood(3_556);
        anHour();
    }

    @Test
    void staysUntilAnAuditThatBeganSinceAllElseHoldsIsClean() {
        gate.open = false;
        showEnough();
        assertThat(store.stored.stage()).isEqualTo(Stage.SHADOW);
        assertThat(one.keeper.awaitsAudit()).isTrue();

        Instant since = time.now();
        second();
        assertThat(gate.asked).as("twice by two instances").hasSize(4).containsOnly(since);
        gate.open = true;
        second();

        assertThat(store.stored).isEqualTo(new StageStore.Stored(Stage.CANARY, 10, 2));
        second();
        assertThat(one.keeper.awaitsAudit()).isFalse();
        assertThat(two.keeper.awaitsAudit()).isFalse();
    }

    @Test
    void asksForNoAuditBeforeItHasStayedAndShownEnough() {
        one.seesGood(3_556);
        two.seesGood(3_556);
        second();

        assertThat(gate.asked).as("the hour asked for is not over").isEmpty();
        store.change("e", store.stored, Stage.LIVE, 0, "ada", "ticket 7");
        second();
        showEnough();
        assertThat(gate.asked).as("there is nothing beyond LIVE").isEmpty();
    }

    @Test
    void anAuditCountsAnewIfTheEvidenceGaveWayMeanwhile() {
        gate.open = false;
        showEnough();
        second();
        gate.asked.clear();

        one.changes = one.changes.plus(new Counts(0, 5, 0, 0, 0, 0));
        second();
        assertThat(gate.asked).isEmpty();
        assertThat(one.keeper.awaitsAudit()).isFalse();
        one.changes = one.changes.plus(new Counts(50_000, 0, 0, 0, 0, 0));
        second();

        assertThat(gate.asked).containsExactly(time.now(), time.now());
    }

    @Test
    void aCleanAuditCountsThoughTheStageCannotBeStored() {
        gate.open = false;
        showEnough();
        Instant since = time.now();
        gate.open = true;
        store.readOnly = true;
        time.advance(Duration.ofSeconds(1));
        assertThatIllegalStateException().isThrownBy(one.keeper::tick);

        store.readOnly = false;
        second();

        assertThat(store.stored.stage()).isEqualTo(Stage.CANARY);
        assertThat(gate.asked).containsOnly(since);
    }

    @Test
    void staysWhenTheGateThrows() {
        gate.broken = true;
        one.seesGood(3_556);
        two.seesGood(3_556);
        second();
        time.advance(Duration.ofHours(1));

        assertThatIllegalStateException().isThrownBy(one.keeper::tick).withMessage("broken");

        assertThat(store.stored.stage()).isEqualTo(Stage.SHADOW);
        assertThat(one.keeper.awaitsAudit()).isTrue();
    }

    @Test
    void anAuditThatLacksKeepsNoAlarmFromGoingBack() {
        store.change("e", store.stored, Stage.CANARY, 10, "ada", "ticket 7");
        second();
        gate.open = false;
        showEnough();
        assertThat(one.keeper.awaitsAudit()).isTrue();

        one.alarm = true;
        second();

        assertThat(store.stored.stage()).isEqualTo(Stage.SHADOW);
        assertThat(one.keeper.awaitsAudit()).isFalse();
    }
}
