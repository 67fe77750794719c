package io.datadrivenchanges.experiment;

import java.util.Optional;

import io.datadrivenchanges.experiment.verdict.Fleet;
import io.datadrivenchanges.experiment.verdict.Totals;

/// Where the instances of a service keep what they have in common: the stages of the experiments, and what each instance has
/// counted. Called once a second by a thread of the laboratory, which may wait here for a few seconds; what is thrown is reported, and tried
/// again at the next second. Thread-safe.
public interface StageStore {

    /// The stage of an experiment.
    ///
    /// @param canaryPercent share of the keys that the candidate answers at [Stage#CANARY]; 0 at every other stage
    /// @param revision counts the changes, from 1 on
    record Stored(Stage stage, int canaryPercent, long revision) {}

    /// The stage as it is now; empty if the experiment has none yet.
    Optional<Stored> stage(String experiment);

    /// Changes a stage and keeps who did it and why, unless somebody else has changed it since `from` was read.
    ///
    /// @param from what was read before
    /// @param to the stage to go to
    /// @param canaryPercent 1 to 100 at [Stage#CANARY], else 0
    /// @param who a name for the audit
    /// @param why one line for the audit
    /// @return `false` if the revision is another one than that of `from`: nothing has changed then
    boolean change(String experiment, Stored from, Stage to, int canaryPercent, String who, String why);

    /// Overwrites what an instance has counted in one epoch.
    ///
    /// @param generation what was counted belongs to it alone: the revision of the stage, and the version of code and configuration
    /// @param instance unique among those that run at the same time, the same after a restart
    /// @param epoch of the instance; a restart begins another one. A store may take an instance of a new name for the restart of one that has
    ///        ended before it began, if it decides so with the first totals of the new one: later it could choose by what was found
    void save(String experiment, String generation, String instance, String epoch, Totals totals);

    /// What was counted in a generation: one for each instance, its epochs [together][Totals#plus]; and for how long, since the first of
    /// them was saved.
    Fleet fleet(String experiment, String generation);
}
