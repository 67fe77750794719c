package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// Says at which stage an experiment is. Asked on the caller's thread at every call, by many threads at once: it must
/// return at once, such as by reading a field.
@FunctionalInterface
public interface StageSource {

    /// The stage, or `null` if the experiment is not known; then, or if this throws, the default given to the laboratory counts. Without
    /// a default an unknown experiment is [Stage#OFF], and one whose source throws runs its control alone and counts as `gate_failed`.
    @Nullable
    Stage stage(String experiment);

    /// The share of the keys that the candidate answers at [Stage#CANARY], in percent, from 0 to 100.
    default int canaryPercent(String experiment) {
        return 10;
    }
}
