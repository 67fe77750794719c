package io.datadrivenchanges.experiment;

/// How far the migration from control to candidate has got.
///
/// - `OFF`: the control answers, the candidate is not asked; calls are not runs and are not counted.
/// - `SHADOW`: the control answers, the candidate is asked and compared.
public enum Stage {
    OFF, SHADOW
}
