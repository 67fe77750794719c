package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.datadrivenchanges.experiment.StagePilot.Move;
import io.datadrivenchanges.experiment.StagePilot.Rung;
import io.datadrivenchanges.experiment.StagePilot.Step;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Model check: every interleaving of two instances, an operator, restarts, alarms and time, up to a bound, with the real pilot.
class StagePilotTest {

    private static final List<Rung> LADDER = List.of(Rung.SHADOW, new Rung(Stage.CANARY, 10),
            new Rung(Stage.LIVE, 0));
    private static final int LEAST_STAY = 2;
    private static final Duration STAY = Duration.ofNanos(LEAST_STAY);
    private static final int MOST_REVISIONS = 4;
    private static final int MOST_TIME = 3;

    /// A decision on its way to the store.
    private record Pending(Move move, int revision, boolean alarmed) {}

    /// @param guarded whether the guard of the present evidence has raised its alarm
    private record Instance(StagePilot pilot, boolean guarded, @Nullable Pending pending) {
        private static final Instance NEW = new Instance(StagePilot.NEW, false, null);
    }

    /// @param evidence revision at which PROMOTE was reached; 0 = none
    private record World(Rung at, int revision, int changedAt, int now, int evidence, Instance first,
            Instance second) {

        private Instance instance(int i) {
            return i == 0 ? first : second;
        }

        private World with(int i, Instance changed) {
            return i == 0
                    ? new World(at, revision, changedAt, now, evidence, changed, second)
                    : new World(at, revision, changedAt, now, evidence, first, changed);
        }

        private World moved(Rung to) {
            return new World(to, revision + 1, now, now, evidence, first, second);
        }
    }

    private int forwards;
    private int backs;

    @Test
    void neverSkipsFlapsSplitsOrLosesAnAlarm() {
        Set<World> seen = new HashSet<>();
        Deque<World> open = new ArrayDeque<>();
        World start = new World(Rung.SHADOW, 1, 0, 0, 0, Instance.NEW, Instance.NEW);
        seen.add(start);
        open.add(start);
        while (!open.isEmpty()) {
            World world = open.remove();
            assertAlarmsAreAnsweredWithinOneTick(world);
            for (World next : successors(world)) {
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }

        assertThat(seen).hasSizeGreaterThan(20_000);
        assertThat(forwards).isPositive();
        assertThat(backs).isPositive();
    }

    private List<World> successors(World world) {
        List<World> next = new ArrayList<>();
        if (world.now() < MOST_TIME) {
            next.add(new World(world.at(), world.revision(), world.changedAt(), world.now() + 1, world.evidence(),
                    world.first(), world.second()));
        }
        if (world.evidence() != world.revision()) {
            next.add(new World(world.at(), world.revision(), world.changedAt(), world.now(), world.revision(),
                    world.first(), world.second()));
        }
        if (world.revision() < MOST_REVISIONS) {
            for (Rung rung : LADDER) {
                if (!rung.equals(world.at())) {
                    next.add(world.moved(rung));
                }
            }
        }
        for (int i = 0; i < 2; i++) {
            Instance one = world.instance(i);
            next.add(world.with(i, Instance.NEW));
            next.add(world.with(i, new Instance(one.pilot(), true, one.pending())));
            if (one.pending() == null) {
                next.add(decided(world, i));
            } else if (world.revision() < MOST_REVISIONS) {
                next.add(written(world, i));
            }
        }
        return next;
    }

    /// First half of a tick: read and decide.
    private static World decided(World world, int i) {
        Instance one = world.instance(i);
        boolean promote = world.evidence() == world.revision();
        Step step = one.pilot().look(world.at(), world.revision(), world.now(), one.guarded(), promote, LADDER, STAY);
        Pending pending = step.move() instanceof Move.Stay
                ? null
                : new Pending(step.move(), world.revision(), step.next().alarm());
        return world.with(i, new Instance(step.next(), !step.isNew() && one.guarded(), pending));
    }

    /// Second half: write, if nobody else has meanwhile.
    private World written(World world, int i) {
        Instance one = world.instance(i);
        Pending pending = one.pending();
        World done = world.with(i, new Instance(one.pilot(), one.guarded(), null));
        if (pending == null || pending.revision() != world.revision()) {
            return done;
        }
        return switch (pending.move()) {
            case Move.Stay stay -> done;
            case Move.Back back -> {
                backs++;
                assertThat(world.at().isServed()).isTrue();
                assertThat(pending.alarmed()).isTrue();
                assertThat(back.to()).isEqualTo(Rung.SHADOW);
                yield done.moved(back.to());
            }
            case Move.Forward forward -> {
                forwards++;
                assertThat(LADDER.indexOf(forward.to())).as("no skip").isEqualTo(LADDER.indexOf(world.at()) + 1);
                assertThat(world.evidence()).as("evidence of this very revision").isEqualTo(world.revision());
                assertThat(world.now() - world.changedAt()).as("no flapping").isGreaterThanOrEqualTo(LEAST_STAY);
                assertThat(pending.alarmed()).as("no alarm").isFalse();
                yield done.moved(forward.to());
            }
        };
    }

    private void assertAlarmsAreAnsweredWithinOneTick(World world) {
        for (int i = 0; i < 2; i++) {
            World before = world.instance(i).pending() == null ? world : written(world, i);
            Instance one = before.instance(i);
            boolean alarmed = one.pilot().alarm() || (one.pilot().served() && one.guarded());
            if (alarmed && before.at().isServed() && before.revision() < MOST_REVISIONS) {
                World after = written(decided(before, i), i);
                assertThat(after.at()).as("%s", before).isEqualTo(Rung.SHADOW);
            }
        }
    }

    @Test
    void holdsBackFromTheAlarmUntilTheControlAnswersAgain() {
        Rung live = new Rung(Stage.LIVE, 0);
        StagePilot pilot = StagePilot.NEW.look(live, 1, 0, false, false, LADDER, STAY).next();
        assertThat(pilot.holdsBack()).isFalse();

        pilot = pilot.look(live, 1, 1, true, false, LADDER, STAY).next();
        assertThat(pilot.holdsBack()).isTrue();
        pilot = pilot.look(live, 2, 2, false, false, LADDER, STAY).next();
        assertThat(pilot.holdsBack()).as("another revision, still serving").isTrue();

        assertThat(pilot.look(Rung.SHADOW, 3, 3, false, false, LADDER, STAY).next().holdsBack()).isFalse();
    }

    @Test
    void anAlarmAtShadowDoesNotTakeBackWhoGoesOnAllTheSame() {
        StagePilot pilot = StagePilot.NEW.look(Rung.SHADOW, 1, 0, false, false, LADDER, STAY).next();
        pilot = pilot.look(Rung.SHADOW, 1, 1, true, false, LADDER, STAY).next();

        assertThat(pilot.look(LADDER.get(1), 2, 2, true, false, LADDER, STAY).move()).isEqualTo(new Move.Stay());
    }

    @Test
    void goesForwardFromAnyShareToTheNextRungAndNotBeyondTheLast() {
        assertThat(move(new Rung(Stage.CANARY, 7))).isEqualTo(new Move.Forward(new Rung(Stage.CANARY, 10)));
        assertThat(move(new Rung(Stage.CANARY, 50))).isEqualTo(new Move.Forward(new Rung(Stage.LIVE, 0)));
        assertThat(move(new Rung(Stage.LIVE, 0))).isEqualTo(new Move.Stay());
    }

    @Test
    void leavesOffAndCompleteAlone() {
        assertThat(move(new Rung(Stage.OFF, 0))).isEqualTo(new Move.Stay());
        assertThat(move(new Rung(Stage.COMPLETE, 0))).isEqualTo(new Move.Stay());
        assertThat(StagePilot.NEW.look(new Rung(Stage.COMPLETE, 0), 1, 0, true, false, LADDER, STAY).move())
                .isEqualTo(new Move.Stay());
    }

    private static Move move(Rung at) {
        return new StagePilot(1, 0, true, false).look(at, 1, LEAST_STAY, false, true, LADDER, STAY).move();
    }
}
