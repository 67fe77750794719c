package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// Says at which stage an experiment is. Asked on the caller's thread at every call, by many threads at once: it must
/// return at once, such as by reading a field.
@FunctionalInterface
public interface StageSource {

    /// The stage, or `null` if the experiment is not known, which is taken as [Stage#OFF]. If it throws, the control runs
    /// alone and the run is counted as `gate_failed`.
    @Nullable
    Stage stage(String experiment);
}
