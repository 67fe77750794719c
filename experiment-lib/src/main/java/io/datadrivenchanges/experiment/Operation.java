package io.datadrivenchanges.experiment;

/// The callbacks a user hands to the library; whatever one throws is contained and reported under its name.
///
/// - `STAGE`: the [StageSource]
/// - `FILTER`, `SAMPLE`: `onlyIf` and the [Sampler]
/// - `BEFORE`, `AFTER`: the hooks `beforeRun` and `afterRun`
/// - `PROPAGATE`: the [ContextPropagator]
/// - `PROJECT`: the projection of a value to the part that is compared
/// - `COMPARE`: the comparator or the error comparator
/// - `IGNORE`: an [Ignore] rule
/// - `VERSION`, `FRESHNESS`, `KEY`, `COHORT`, `CLEAN`, `SERVE`: the functions of these names in [Steps]
/// - `PUBLISH`: a [Sink]
/// - `LABORATORY`: no callback, but the library's own work
public enum Operation {
    STAGE, FILTER, SAMPLE, BEFORE, AFTER, PROPAGATE, PROJECT, COMPARE, IGNORE, VERSION, FRESHNESS, KEY, COHORT, CLEAN, SERVE, PUBLISH, LABORATORY
}
