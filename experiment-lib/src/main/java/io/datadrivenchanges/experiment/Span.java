package io.datadrivenchanges.experiment;

/// From when to when something was done, by [Time#nanos], exactly. Immutable.
record Span(long started, long ended) {

    /// How long it took: above zero, though clocks may stand still for a moment.
    long nanos() {
        return Math.max(1, ended - started);
    }
}
