package io.datadrivenchanges.experiment;

/// From when to when something was done, by [Time#nanos], exactly. Immutable.
///
/// @param ended later than `started`
record Span(long started, long ended) {

    Span {
        ended = Math.max(started + 1, ended); // clocks may stand still for a moment; a duration is above zero
    }

    long nanos() {
        return ended - started;
    }
}
