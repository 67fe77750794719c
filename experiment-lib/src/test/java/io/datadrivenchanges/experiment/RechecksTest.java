package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RechecksTest {

    private static final Duration DEADLINE = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final VirtualTime time = new VirtualTime();
    private final List<Rechecks.Settled> settled = new ArrayList<>();
    private final Rechecks rechecks = rechecks(Recheck.standard());

    private Rechecks rechecks(Recheck ladder) {
        return new Rechecks(time, Runnable::run, ladder, DEADLINE);
    }

    /// Both sides as they are just now; reads take no time.
    private class Sides implements Rechecks.Subject {

        Rechecks.Value control;
        Rechecks.Value candidate;
        int controlReads;
        int candidateReads;

        Sides(@Nullable Object control, long controlVersion, @Nullable Object candidate, long candidateVersion) {
            this.control = new Rechecks.Value(control, control, controlVersion);
            this.candidate = new Rechecks.Value(candidate, candidate, candidateVersion);
        }

        @Override
        public Rechecks.Value readControl() throws Exception {
            controlReads++;
            return control;
        }

        @Override
        public Rechecks.Value readCandidate() throws Exception {
            candidateReads++;
            return candidate;
        }

        @Override
        public Comparison compare(Rechecks.Value left, Rechecks.Value right) {
            return Comparing.byValue().judge(left.part(), right.part());
        }

        @Override
        public void settled(Rechecks.Settled what) {
            settled.add(what);
        }

        void control(Object value, long version) {
            control = new Rechecks.Value(value, value, version);
        }

        void candidate(Object value, long version) {
            candidate = new Rechecks.Value(value, value, version);
        }

        Rechecks.Sight sight(Object key) {
            long now = time.nanos();
            return new Rechecks.Sight(key, new Rechecks.Reading(control, now, now),
                    new Rechecks.Reading(candidate, now, now));
        }
    }

    private void see(Sides sides) {
        rechecks.open(sides.sight("courier 1"), sides);
    }

    private Settlement onlySettlement() {
        assertThat(settled).hasSize(1);
        assertThat(rechecks.size()).isZero();
        assertThat(time.pending()).isZero();
        return settled.getFirst().settlement();
    }

    private void passes(long millis) {
        time.advance(Duration.ofMillis(millis));
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    @Test
    void equalOnTheSecondRungHasConvergedBetweenTheTwo() {
        passes(5_000);
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        see(sides);
        passes(20);
        sides.candidate("HIGH", 2);
        passes(100);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Converged(millis(10), millis(30)));
        assertThat(settled.getFirst().reads()).containsExactly(
                new Reread(Reread.Side.CANDIDATE, millis(10), 1, Reread.Answer.UNEQUAL),
                new Reread(Reread.Side.CANDIDATE, millis(30), 2, Reread.Answer.EQUAL));
        assertThat(sides.controlReads).isZero();
    }

    @Test
    void boundsCountTheWholeReads() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1) {
            @Override
            public Rechecks.Value readCandidate() throws Exception {
                passes(4);
                try {
                    return super.readCandidate();
                } finally {
                    passes(3);
                }
            }
        };
        passes(10_000);
        long now = time.nanos();
        Rechecks.Sight sight = new Rechecks.Sight("courier 1",
                new Rechecks.Reading(sides.control, now - 9_000_000, now - 2_000_000),
                new Rechecks.Reading(sides.candidate, now - 1_000_000, now));
        rechecks.open(sight, sides);
        passes(20);
        sides.candidate("HIGH", 2);
        passes(100);

        // read at 10 to 17 and at 30 to 37; the control's from -9 to -2
        assertThat(onlySettlement()).isEqualTo(new Settlement.Converged(millis(12), millis(46)));
    }

    @Test
    void newerAtFirstSightIsAheadOnceTheControlHasIt() {
        Sides sides = new Sides("NORMAL", 1, "HIGH", 2);
        see(sides);
        passes(20);
        assertThat(settled).isEmpty();
        sides.control("HIGH", 2);
        passes(10);

        assertThat(onlySettlement()).isEqualTo(new Settlement.CandidateAhead());
        assertThat(sides.controlReads).isEqualTo(2);
    }

    @Test
    void newerAtFirstSightIsAheadHoweverLateTheControlIs() {
        Sides sides = new Sides("NORMAL", 1, "HIGH", 2);
        see(sides);
        passes(2_000);
        sides.control("HIGH", 2);
        passes(1_000);

        assertThat(onlySettlement()).isEqualTo(new Settlement.CandidateAhead());
    }

    @Test
    void newerThanTheControlEverGetsIsWrong() {
        Sides sides = new Sides("NORMAL", 1, "HIGH", 2);
        see(sides);
        passes(29_999);
        assertThat(settled).isEmpty();
        passes(1);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Diverged());
        assertThat(sides.controlReads).as("at each rung and at the end").isEqualTo(9);
    }

    @Test
    void newerAtFirstSightAndThenPassedByTheControlWasLateAfterAll() {
        Sides sides = new Sides("NORMAL", 1, "HIGH", 2);
        see(sides);
        sides.control("OUTSTANDING", 3);
        passes(10);
        sides.candidate("OUTSTANDING", 3);
        passes(10);

        assertThat(onlySettlement()).isInstanceOf(Settlement.Converged.class);
    }

    @Test
    void olderToTheEndIsStale() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        see(sides);
        passes(29_999);
        assertThat(settled).isEmpty();
        passes(1);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Stale(Duration.ofSeconds(30)));
        assertThat(sides.candidateReads).isEqualTo(8);
        assertThat(sides.controlReads).isEqualTo(1);
    }

    @Test
    void sameVersionAndUnequalToTheEndIsDivergedAndAsksTheControlOnce() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 2);
        see(sides);
        time.advance(LONG);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Diverged());
        assertThat(sides.controlReads).isEqualTo(1);
    }

    @Test
    void unknownVersionAndUnequalToTheEndIsDiverged() {
        see(new Sides("HIGH", 2, "NORMAL", -1));
        time.advance(LONG);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Diverged());
    }

    @Test
    void arrivesLateWithTheWrongValueIsDiverged() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        see(sides);
        passes(50);
        sides.candidate("OUTSTANDING", 2);
        time.advance(LONG);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Diverged());
    }

    @Test
    void bothMovedOnAndAgreeIsSuperseded() {
        passes(5_000);
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        see(sides);
        passes(15);
        sides.control("OUTSTANDING", 3);
        sides.candidate("OUTSTANDING", 3);
        passes(15);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Superseded(millis(30)));
    }

    @Test
    void backToTheOldValueWhileTheCandidateSleptIsSuperseded() {
        Sides sides = new Sides("HIGH", -1, "NORMAL", -1);
        see(sides);
        passes(1_000);
        sides.control("NORMAL", -1);
        time.advance(LONG);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Superseded(Duration.ofSeconds(30)));
        assertThat(sides.controlReads).isEqualTo(1);
    }

    @Test
    void changedValueOfUnknownVersionAsksTheControlOnce() {
        Sides sides = new Sides("HIGH", -1, "NORMAL", -1);
        see(sides);
        passes(15);
        sides.candidate("OUTSTANDING", -1);
        passes(1_000);

        assertThat(sides.controlReads).isEqualTo(1);
        assertThat(settled).isEmpty();
    }

    @Test
    void goesOnWithTheControlsNewValueFromTheFootOfTheLadder() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        see(sides);
        passes(9_000);
        sides.control("NORMAL", 4);
        sides.candidate("OUTSTANDING", 3);
        passes(1_000); // the rung of 10 s
        assertThat(sides.controlReads).isEqualTo(1);
        passes(15);
        sides.candidate("NORMAL", 4);
        passes(15);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Converged(millis(10), millis(30)));
    }

    @Test
    void controlThatNeverRestsIsUnsettledAfterThreeNewValues() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1) {
            @Override
            public Rechecks.Value readControl() throws Exception {
                control("HIGH", control.version() + 1);
                return super.readControl();
            }
        };
        see(sides);
        time.advance(LONG);

        assertThat(onlySettlement())
                .isEqualTo(new Settlement.Unsettled(Settlement.Lack.REST, Duration.ofSeconds(30)));
        assertThat(sides.controlReads).isEqualTo(4);
    }

    @Test
    void bothThatNeverRestAreComparedAtTheEndOnlyAfterThreeNewValues() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 100) {
            @Override
            public Rechecks.Value readControl() throws Exception {
                control("HIGH", control.version() + 1);
                return super.readControl();
            }
        };
        see(sides);
        passes(30);
        assertThat(sides.controlReads).isEqualTo(3);
        time.advance(LONG);

        assertThat(onlySettlement()).isInstanceOfSatisfying(Settlement.Unsettled.class,
                unsettled -> assertThat(unsettled.why()).isEqualTo(Settlement.Lack.REST));
        assertThat(sides.controlReads).isEqualTo(4);
    }

    @Test
    void versionZeroIsOne() {
        see(new Sides("HIGH", 1, "NORMAL", 0));
        Sides first = new Sides("HIGH", 0, "NORMAL", -1);
        rechecks.open(first.sight("courier 2"), first);
        first.control("OUTSTANDING", 0);
        rechecks.open(first.sight("courier 2"), first);
        assertThat(rechecks.size()).as("one of courier 2, whatever its control's value").isEqualTo(2);
        time.advance(LONG);

        assertThat(settled).extracting(one -> one.settlement().key()).containsExactlyInAnyOrder("stale", "diverged");
    }

    @Test
    void candidateThatStaysAheadAsksTheControlThreeTimesAndOnceAtTheEnd() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        see(sides);
        passes(5);
        sides.candidate("OUTSTANDING", 9);
        time.advance(LONG);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Diverged());
        assertThat(sides.controlReads).as("at each rung and at the end").isEqualTo(9);
    }

    @Test
    void controlIsReadFiveTimesASecondAtMost() {
        for (int key = 0; key < 20; key++) {
            rechecks.open(new Sides("HIGH", 2, "NORMAL", 1).sight(key), new Sides("HIGH", 2, "NORMAL", 1));
        }
        time.advance(LONG);

        assertThat(settled).extracting(Rechecks.Settled::settlement).containsExactlyElementsOf(
                concat(5, new Settlement.Stale(Duration.ofSeconds(30)), 15,
                        new Settlement.Unsettled(Settlement.Lack.TOKEN, Duration.ofSeconds(30))));
    }

    private static List<Settlement> concat(int n, Settlement one, int m, Settlement other) {
        List<Settlement> all = new ArrayList<>();
        for (int i = 0; i < n + m; i++) {
            all.add(i < n ? one : other);
        }
        return all;
    }

    @Test
    void withoutTokenTheNextRungAsksTheControl() {
        TokenEater eater = new TokenEater();
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        eater.eatAt(millis(30));
        see(sides);
        passes(15);
        sides.control("OUTSTANDING", 3);
        sides.candidate("OUTSTANDING", 3);
        passes(15);
        assertThat(sides.controlReads).isZero();
        passes(270);

        assertThat(sides.controlReads).isEqualTo(1);
        assertThat(settled.getLast().settlement()).isEqualTo(new Settlement.Superseded(millis(300)));
    }

    /// Takes all five tokens by five re-checks whose candidate is superseded.
    private final class TokenEater {
        void eatAt(Duration rung) {
            for (int key = 0; key < 5; key++) {
                Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
                rechecks.open(sides.sight(key), sides);
                time.schedule(rung.minusMillis(1), () -> {
                    sides.control("NORMAL", 3);
                    sides.candidate("NORMAL", 3);
                });
            }
        }
    }

    @Test
    void sameKeyAndControlVersionShareOneRecheck() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        see(sides);
        see(sides);
        passes(3);
        see(sides);
        assertThat(rechecks.size()).isEqualTo(1);
        sides.candidate("HIGH", 2);
        passes(10);

        assertThat(settled).singleElement()
                .satisfies(all -> assertThat(all.mismatches()).isEqualTo(3));
        assertThat(sides.candidateReads).isEqualTo(1);
    }

    @Test
    void otherVersionOrOtherKeyOrOtherUnversionedValueIsAnotherRecheck() {
        Sides versioned = new Sides("HIGH", 2, "NORMAL", 1);
        see(versioned);
        versioned.control("OUTSTANDING", 3);
        see(versioned);
        rechecks.open(versioned.sight("courier 2"), versioned);
        rechecks.open(new Sides("HIGH", -1, "NORMAL", -1).sight("courier 3"), versioned);
        rechecks.open(new Sides("OUTSTANDING", -1, "NORMAL", -1).sight("courier 3"), versioned);

        assertThat(rechecks.size()).isEqualTo(5);
    }

    /// A key that cannot even be asked for its hash.
    private static final class Hostile {
        @Override
        public int hashCode() {
            throw new IllegalStateException("hash");
        }

        @Override
        public boolean equals(@Nullable Object other) {
            throw new IllegalStateException("equals");
        }
    }

    @Test
    void keysThatThrowAreRechecksOfTheirOwnAndLeaveNothingBehind() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 2);
        rechecks.open(sides.sight(new Hostile()), sides);
        rechecks.open(sides.sight(new Hostile()), sides);
        time.advance(LONG);

        assertThat(settled).hasSize(2);
        assertThat(rechecks.size()).isZero();
    }

    @Test
    void beyondTheBoundThereIsNoRoom() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        for (int key = 0; key <= Rechecks.MAX_OPEN; key++) {
            rechecks.open(sides.sight(key), sides);
        }
        assertThat(rechecks.size()).isEqualTo(Rechecks.MAX_OPEN);

        assertThat(settled).singleElement().satisfies(one -> assertThat(one.settlement())
                .isEqualTo(new Settlement.Unsettled(Settlement.Lack.ROOM, Duration.ZERO)));
    }

    @Test
    void fullWorkersSettleNothing() {
        Rechecks full = new Rechecks(time, task -> {
            throw new RejectedExecutionException("full");
        }, Recheck.standard(), DEADLINE);
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        full.open(sides.sight(1), sides);
        passes(10);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Unsettled(Settlement.Lack.ROOM, Duration.ZERO));
    }

    @Test
    void readsNeverRunOnTheThreadOfTheTimerOrTheCaller() {
        Deque<Runnable> waiting = new ArrayDeque<>();
        Rechecks handed = new Rechecks(time, waiting::add, Recheck.standard(), DEADLINE);
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        handed.open(sides.sight(1), sides);
        passes(1_000);

        assertThat(sides.candidateReads).isZero();
        assertThat(waiting).hasSize(1);
        waiting.remove().run();
        assertThat(sides.candidateReads).isEqualTo(1);
    }

    @Test
    void lateWorkerSkipsTheRungsThatHavePassed() {
        Deque<Runnable> waiting = new ArrayDeque<>();
        Rechecks handed = new Rechecks(time, waiting::add, Recheck.standard(), DEADLINE);
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        handed.open(sides.sight(1), sides);
        passes(2_000);
        waiting.remove().run();
        passes(999);
        assertThat(waiting).isEmpty();
        passes(1);

        assertThat(waiting).hasSize(1);
    }

    @Test
    void rungThatIsDueJustNowIsNotSkipped() {
        Deque<Runnable> waiting = new ArrayDeque<>();
        Rechecks handed = new Rechecks(time, waiting::add, Recheck.standard(), DEADLINE);
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        handed.open(sides.sight(1), sides);
        passes(30);
        waiting.remove().run();
        passes(0);

        assertThat(waiting).hasSize(1);
    }

    @Test
    void workerLateForTheWholeLadderReadsOnce() {
        Deque<Runnable> waiting = new ArrayDeque<>();
        Rechecks handed = new Rechecks(time, waiting::add, Recheck.standard(), DEADLINE);
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        handed.open(sides.sight(1), sides);
        passes(60_000);
        waiting.remove().run();

        assertThat(onlySettlement()).isEqualTo(new Settlement.Stale(Duration.ofSeconds(60)));
        assertThat(sides.candidateReads).isEqualTo(1);
    }

    @Test
    void closingMakesOpenAndLaterOnesUnsettled() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1);
        see(sides);
        passes(50);
        rechecks.close();
        assertThat(onlySettlement()).isEqualTo(new Settlement.Unsettled(Settlement.Lack.TIME, millis(30)));

        see(sides);
        assertThat(settled).hasSize(2);
        assertThat(rechecks.size()).isZero();
        time.advance(LONG);
        assertThat(sides.candidateReads).isEqualTo(2);
    }

    @Test
    void candidateThatHangsIsInterruptedAndUnsettled() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1) {
            @Override
            public Rechecks.Value readCandidate() throws Exception {
                passes(1_001);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                return super.readCandidate();
            }
        };
        see(sides);
        passes(10);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Unsettled(Settlement.Lack.ANSWER, Duration.ZERO));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        time.advance(LONG);
        assertThat(sides.candidateReads).isEqualTo(1);
    }

    @Test
    void controlThatHangsAtTheEndIsUnsettled() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1) {
            @Override
            public Rechecks.Value readControl() throws Exception {
                passes(1_001);
                return super.readControl();
            }
        };
        see(sides);
        time.advance(LONG);

        assertThat(onlySettlement())
                .isEqualTo(new Settlement.Unsettled(Settlement.Lack.ANSWER, Duration.ofSeconds(30)));
    }

    @Test
    void readThatThrowsIsNoRead() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1) {
            @Override
            public Rechecks.Value readCandidate() throws Exception {
                super.readCandidate();
                if (candidateReads < 8) {
                    throw new AssertionError("candidate");
                }
                return candidate;
            }
        };
        see(sides);
        time.advance(LONG);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Stale(Duration.ofSeconds(30)));
    }

    @Test
    void withoutALastAnswerNothingIsSettled() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1) {
            @Override
            public Comparison compare(Rechecks.Value left, Rechecks.Value right) {
                return candidateReads == 8 ? Comparison.incomparable("rebuilding") : super.compare(left, right);
            }
        };
        see(sides);
        time.advance(LONG);

        assertThat(onlySettlement())
                .isEqualTo(new Settlement.Unsettled(Settlement.Lack.ANSWER, Duration.ofSeconds(10)));
        assertThat(sides.controlReads).isZero();
    }

    @Test
    void controlThatThrowsAtTheEndIsUnsettledAndBeforeIsAskedAgain() {
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1) {
            @Override
            public Rechecks.Value readControl() throws Exception {
                super.readControl();
                throw new IllegalStateException("control");
            }
        };
        see(sides);
        passes(5);
        sides.candidate("NORMAL", 3);
        passes(95);
        assertThat(sides.controlReads).isEqualTo(3);
        time.advance(LONG);

        assertThat(onlySettlement())
                .isEqualTo(new Settlement.Unsettled(Settlement.Lack.ANSWER, Duration.ofSeconds(30)));
        assertThat(sides.controlReads).as("at each rung and at the end").isEqualTo(9);
    }

    @Test
    void fatalErrorSettlesAndIsRethrownOnTheWorker() {
        OutOfMemoryError fatal = new OutOfMemoryError("test");
        Deque<Runnable> waiting = new ArrayDeque<>();
        Rechecks handed = new Rechecks(time, waiting::add, Recheck.standard(), DEADLINE);
        Sides sides = new Sides("HIGH", 2, "NORMAL", 1) {
            @Override
            public Rechecks.Value readCandidate() {
                throw fatal;
            }
        };
        handed.open(sides.sight(1), sides);
        passes(10);

        assertThatThrownBy(() -> waiting.remove().run()).isSameAs(fatal);
        assertThat(onlySettlement()).isEqualTo(new Settlement.Unsettled(Settlement.Lack.ANSWER, Duration.ZERO));
    }

    @Test
    void withoutALadderTheVersionsSettleAtOnce() {
        Rechecks none = rechecks(Recheck.none());
        for (long candidateVersion : new long[]{1, 2, 3, -1}) {
            Sides sides = new Sides("HIGH", 2, "NORMAL", candidateVersion);
            none.open(sides.sight(1), sides);
        }

        assertThat(settled).extracting(one -> one.settlement().key())
                .containsExactly("stale", "diverged", "candidate_ahead", "diverged");
        assertThat(time.pending()).isZero();
    }

    @Test
    void laddersThatDoNotRiseOrHaveNoBoundAreRejected() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException().isThrownBy(() -> Recheck.at(second, second));
        assertThatIllegalArgumentException().isThrownBy(() -> Recheck.at(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> Recheck.at(Duration.ofMinutes(61)));
        Duration[] many = new Duration[17];
        Arrays.setAll(many, i -> Duration.ofMillis(i + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Recheck.at(many));
    }
}
