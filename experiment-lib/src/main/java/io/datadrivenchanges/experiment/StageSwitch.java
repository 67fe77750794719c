package io.datadrivenchanges.experiment;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/// Knows the stages of experiments and changes them while they run. Thread-safe; [#stage] and [#canaryPercent] return at once.
public interface StageSwitch extends StageSource {

    /// What is known about the stage of an experiment; empty if nothing is. Returns at once.
    Optional<Staged> staged(String experiment);

    /// Changes a stage, and keeps who did it and why. May wait for a store, never longer than a few seconds.
    ///
    /// @return the stage that the experiment has now; the one it had if that is the same
    /// @throws StageRefusedException if the rules of [StageChange] do not allow it
    Staged change(StageChange change) throws StageRefusedException;

    @Override
    default @Nullable Stage stage(String experiment) {
        return staged(experiment).map(Staged::stage).orElse(null);
    }

    @Override
    default int canaryPercent(String experiment) {
        return staged(experiment).map(Staged::canaryPercent).orElse(0);
    }

    /// A switch that forgets with the process. Every experiment starts at `initial`.
    ///
    /// @param initial any stage but [Stage#CANARY]
    static StageSwitch inMemory(Stage initial, InstantSource clock) {
        return new StagesInMemory(initial, clock);
    }

    /// The stage of an experiment. Immutable.
    ///
    /// @param stage where it is
    /// @param canaryPercent share of the keys that the candidate answers at [Stage#CANARY]; 0 at every other stage
    /// @param revision counts the changes, starting at 1
    /// @param from where it was before; `null` if this is the first
    /// @param who changed it last
    /// @param why in a few words
    /// @param override what allowed to skip stages; `null` = none were skipped, or nothing had to
    /// @param at when
    record Staged(Stage stage, int canaryPercent, long revision, @Nullable Stage from, String who, String why,
            @Nullable String override, Instant at) {

        /// Whether a change would lead to where this is.
        public boolean isAt(StageChange change) {
            return stage == change.to() && canaryPercent == change.canaryPercent();
        }
    }
}
