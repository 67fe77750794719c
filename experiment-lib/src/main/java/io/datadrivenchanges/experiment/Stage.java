package io.datadrivenchanges.experiment;

/// How far the migration from control to candidate has got.
///
/// - `OFF`: the control answers, the candidate is not asked; calls are not runs and are not counted.
/// - `SHADOW`: the control answers, the candidate is asked and compared.
/// - `CANARY`: for a share of the keys, always the same ones, as `LIVE`; for the others as `SHADOW`.
/// - `LIVE`: the candidate answers, and a sample of the calls is compared with the control beside the caller. Where the candidate has
///   no answer (see [Served]), throws or gets stuck, the control answers.
/// - `COMPLETE`: the candidate alone, whatever it returns or throws.
///
/// An experiment without a candidate that can serve goes no further than `SHADOW`, whatever is asked.
public enum Stage {
    OFF, SHADOW, CANARY, LIVE, COMPLETE
}
