package io.datadrivenchanges.experiment;

/// What one call wants, whatever the sampler says; the kill switch and the stage are stronger.
///
/// - `FORCE`: compare this call.
/// - `SKIP`: do not; counted as `sampled_out`.
public enum Sampling {
    FORCE, SKIP
}
