package io.datadrivenchanges.experiment;

/// When a detached candidate is handed to the workers. An inline candidate is always read before the control.
///
/// - `RANDOM`: before or after the control, by chance, so that neither side profits from what the other has warmed up.
/// - `CANDIDATE_FIRST`: before the control starts.
/// - `CONTROL_FIRST`: after the control has ended.
public enum Order {
    RANDOM, CANDIDATE_FIRST, CONTROL_FIRST
}
