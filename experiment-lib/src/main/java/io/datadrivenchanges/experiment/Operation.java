package io.datadrivenchanges.experiment;

/// The callbacks a user hands to the library; whatever one throws is contained and reported under its name.
///
/// - `STAGE`: the [StageSource]
/// - `PROPAGATE`: the [ContextPropagator]
/// - `PROJECT`: the projection of a value to the part that is compared
/// - `COMPARE`: the comparator
/// - `VERSION`, `FRESHNESS`, `KEY`: the functions of these names in [Rest]
/// - `PUBLISH`: a [Sink]
/// - `LABORATORY`: no callback, but the library's own work
public enum Operation {
    STAGE, PROPAGATE, PROJECT, COMPARE, VERSION, FRESHNESS, KEY, PUBLISH, LABORATORY
}
