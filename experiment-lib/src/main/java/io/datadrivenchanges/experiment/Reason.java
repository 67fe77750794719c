package io.datadrivenchanges.experiment;

/// Why a run ended without a comparison. The lower-case name is the key in the summary line.
///
/// - `SAMPLED_OUT`: the sampler did not take this call.
/// - `FILTERED`: `onlyIf` said no.
/// - `GATE_FAILED`: the stage source or another gate threw.
/// - `SHED`: no permit was free, or the candidate waited for a worker longer than its deadline.
/// - `CANCELLED`: the caller was interrupted, or the laboratory closed, before the candidate ended.
public enum Reason {
    SAMPLED_OUT, FILTERED, GATE_FAILED, SHED, CANCELLED
}
