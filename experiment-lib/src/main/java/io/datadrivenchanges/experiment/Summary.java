package io.datadrivenchanges.experiment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/// The totals of an experiment since it was built. Immutable.
///
/// Always: `runs` is the sum of the findings plus `in_flight`, and `results_do_not_match` is the sum of its causes `stale`,
/// `candidate_ahead` and `diverged`. Calls made while the experiment was off are no runs.
///
/// @param name of the experiment
/// @param candidate name of the candidate; empty if the experiment has none
/// @param stage at the time of asking; `OFF` if unknown
/// @param runs started
/// @param inFlight started, not yet ended
/// @param counts all numbers of the summary line in its order, by their keys: `results_match`, `results_do_not_match`,
///        `candidate_failed`, `runs`, `in_flight` and the rest, zeros included
/// @param controlDurations of the control
/// @param candidateDurations of the candidate, of its reads that ended
public record Summary(String name, String candidate, Stage stage, long runs, long inFlight,
        SequencedMap<String, Long> counts, Durations controlDurations, Durations candidateDurations) {

    public Summary {
        counts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(counts));
    }

    /// The number under a key of the summary line.
    ///
    /// @throws IllegalArgumentException if there is no such key
    public long count(String key) {
        Long count = counts.get(key);
        if (count == null) {
            throw new IllegalArgumentException("no such count: " + key);
        }
        return count;
    }

    /// The summary line: one JSON object, without a line break.
    public String json() {
        Json json = new Json().open().text("experiment_name", name).key("results").open();
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            json.number(count.getKey(), count.getValue());
        }
        return json.close().close().toString();
    }

    /// How long a behaviour took, in nanoseconds; all zero if it never ended. The percentiles are at most 3.2 % too high, never
    /// too low.
    ///
    /// @param count of durations
    /// @param totalNanos their sum
    /// @param p50Nanos median
    /// @param p99Nanos 99th percentile
    /// @param maxNanos the longest, exact
    public record Durations(long count, long totalNanos, long p50Nanos, long p99Nanos, long maxNanos) {}
}
