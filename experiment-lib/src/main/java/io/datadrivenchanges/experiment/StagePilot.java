package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.List;

/// What one instance knows of the stage of an experiment, and what it would do about it: forward by evidence, back by an alarm. A pure
/// state machine; whoever drives it reads the stage from the store, asks, and writes the answer back only if the stage has not been
/// changed since (compare and set on the revision).
///
/// ```
/// SHADOW → CANARY (one share after the other) → LIVE     PROMOTE for this very revision, stayed long enough, no alarm
/// CANARY, LIVE → SHADOW                                  alarm, at once
/// ```
///
/// - *No skipping:* forward is the next rung of the ladder. People may go further, by name; that is none of its business.
/// - *No flapping:* each revision begins with no evidence, and none counts before it has lasted for the least stay.
/// - *No split decision:* of two instances that decide at the same revision one wins; the other sees a revision it knows
///   nothing about.
/// - *No lost alarm:* an alarm stays until the control answers again, whatever happens to the stage meanwhile.
///
/// `OFF` and `COMPLETE` are left alone: there is no evidence at either, and after the latter perhaps no control.
///
/// @param revision of the stage as it was seen last; 0 before the first time
/// @param sinceNanos when this revision was first seen
/// @param served whether the candidate answered callers there
/// @param alarm whether an alarm has to be answered yet: one that was raised while the candidate answered. At `SHADOW` it has no one to
///        save, and who goes on from there does so knowingly
record StagePilot(long revision, long sinceNanos, boolean served, boolean alarm) {

    /// Has seen nothing yet.
    static final StagePilot NEW = new StagePilot(0, 0, false, false);

    /// A place on the way.
    ///
    /// @param canaryPercent 0 but at [Stage#CANARY]
    record Rung(Stage stage, int canaryPercent) implements Comparable<Rung> {

        static final Rung SHADOW = new Rung(Stage.SHADOW, 0);

        boolean isServed() {
            return stage == Stage.CANARY || stage == Stage.LIVE;
        }

        @Override
        public int compareTo(Rung other) {
            int byStage = stage.compareTo(other.stage);
            return byStage != 0 ? byStage : Integer.compare(canaryPercent, other.canaryPercent);
        }
    }

    /// What it wants.
    sealed interface Move {

        record Stay() implements Move {}

        record Forward(Rung to) implements Move {}

        record Back(Rung to) implements Move {}
    }

    /// @param isNew whether the revision is another one than before: evidence begins from zero
    record Step(StagePilot next, boolean isNew, Move move) {}

    /// Whether callers of this instance are to be answered by the control, whatever the store says: the alarm does not wait for it.
    boolean holdsBack() {
        return alarm;
    }

    /// Looks at the stage.
    ///
    /// @param at stage in the store
    /// @param seen its revision, from 1 on
    /// @param nanos now
    /// @param alarmed whether the guard of the evidence that this instance has collected until now has raised its alarm
    /// @param promote whether the verdict on the evidence of the revision seen is PROMOTE
    Step look(Rung at, long seen, long nanos, boolean alarmed, boolean promote, List<Rung> ladder, Duration leastStay) {
        boolean isNew = seen != revision;
        boolean raised = alarmed && (isNew ? served : at.isServed());
        StagePilot next = new StagePilot(seen, isNew ? nanos : sinceNanos, at.isServed(),
                (alarm || raised) && at.isServed());
        if (next.alarm) {
            return new Step(next, isNew, new Move.Back(Rung.SHADOW));
        }
        boolean mayGo = promote && !isNew && nanos - sinceNanos >= leastStay.toNanos()
                && (at.stage() == Stage.SHADOW || at.isServed());
        return new Step(next, isNew, mayGo ? forward(at, ladder) : new Move.Stay());
    }

    private static Move forward(Rung at, List<Rung> ladder) {
        for (Rung rung : ladder) {
            if (rung.compareTo(at) > 0) {
                return new Move.Forward(rung);
            }
        }
        return new Move.Stay();
    }
}
