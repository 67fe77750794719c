package io.datadrivenchanges.experiment;

/// A change of stage skips stages without an override. Nothing has changed.
public final class StageRefusedException extends Exception {

    /// @param from stage of the experiment
    /// @param change what was wished
    public StageRefusedException(Stage from, StageChange change) {
        super("From " + from + " one step forward or any step back is possible; " + change.to()
                + " needs an override that names what allows it.");
    }
}
