package io.datadrivenchanges.experiment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The totals of an experiment since it was built. Immutable.
///
/// Always: `runs` is the sum of [#FINDINGS] plus `in_flight`, and `results_do_not_match` is the sum of [#SETTLEMENTS] plus
/// `rechecking`. Calls made while the experiment was off are no runs; every other call is one run per candidate.
///
/// @param name of the experiment
/// @param stage at the time of asking
/// @param enabled whether calls are runs at all: `false` by the kill switch, by itself, or without a candidate
/// @param counts all numbers of the summary line in its order, by their keys: `results_match`, `results_do_not_match`,
///        `candidate_failed`, `runs`, `in_flight` and the rest, zeros included; of all candidates together, references left out
/// @param controlDurations of the control, of its timed calls
/// @param sides the candidates and references one by one, in the order of their naming
/// @param timedOneIn of so many runs one is timed by now; 0 if none is
/// @param overheadNanos what a compared call costs its caller beside the control, mean since the start; 0 if unknown
/// @param overhead what that is the mean of
public record Summary(String name, Stage stage, boolean enabled, SequencedMap<String, Long> counts,
        Durations controlDurations, List<Side> sides, int timedOneIn, long overheadNanos, Overhead overhead) {

    /// The keys of the findings: disjoint, every ended run is counted under exactly one.
    public static final List<String> FINDINGS = List.of("results_match", "results_do_not_match", "candidate_failed",
            "control_failed", "ignored", "incomparable", "comparison_failed", "sampled_out", "filtered", "gate_failed",
            "shed", "cancelled");

    /// The keys of the settlements: disjoint, every settled mismatch is counted under exactly one.
    public static final List<String> SETTLEMENTS = List.of("converged", "superseded", "candidate_ahead", "stale",
            "diverged", "unsettled");

    public Summary {
        counts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(counts));
        sides = List.copyOf(sides);
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

    /// Runs started.
    public long runs() {
        return count("runs");
    }

    /// Runs started, not yet ended.
    public long inFlight() {
        return count("in_flight");
    }

    /// Name of the first candidate; empty if the experiment has none.
    public String candidate() {
        return sides.isEmpty() ? "" : sides.getFirst().name();
    }

    /// Durations of the first candidate, of its timed reads that ended.
    public Durations candidateDurations() {
        return sides.isEmpty() ? Durations.NONE : sides.getFirst().durations();
    }

    /// What follows from what was found about the first candidate; empty if the experiment has none.
    public Optional<Assessment> assessment() {
        return sides.isEmpty() ? Optional.empty() : Optional.of(sides.getFirst().assessment());
    }

    /// The summary line: one JSON object, without a line break.
    public String json() {
        Json json = new Json().open().text("experiment_name", name).key("results").open();
        for (Map.Entry<String, Long> count : counts.entrySet()) {
            json.number(count.getKey(), count.getValue());
        }
        return json.close().close().toString();
    }

    /// The totals of one candidate or reference. Immutable; the same laws hold.
    ///
    /// @param reference whether it is a second control
    /// @param counts the same keys in the same order as those of the summary
    /// @param durations of its timed reads that ended
    /// @param rechecked what its re-checks came to
    /// @param exposed what its reads were counted as
    /// @param assessment what follows from what was found
    public record Side(String name, boolean reference, SequencedMap<String, Long> counts, Durations durations,
            Rechecked rechecked, Exposed exposed, Assessment assessment) {
        public Side {
            counts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(counts));
        }
    }

    /// What the re-checks of a candidate came to. Immutable.
    ///
    /// @param convergence how late it was, upper bounds, one per re-check that ended as `converged`, `stale` or `unsettled`; of the last two
    ///        only a lower bound is known, so they count as `Long.MAX_VALUE`, and add nothing to the sum
    /// @param converged of these, those that ended as `converged`: the sum is theirs
    /// @param controlReads of the control, beside the calls
    /// @param candidateReads of the candidate, beside the calls
    public record Rechecked(Durations convergence, long converged, long controlReads, long candidateReads) {}

    /// The exposures of a process since its start, whatever the stage; see [Assessment] for those that count. None of these ever falls.
    /// Immutable.
    ///
    /// @param good changes that were equal, at once or after a while
    /// @param bad changes that were wrong to the end, or at which the candidate or the comparison failed
    /// @param baseline first reads of a key, which say nothing about a change
    public record Exposed(long good, long bad, long baseline) {
        static final Exposed NONE = new Exposed(0, 0, 0);
    }

    /// What compared calls cost their callers beside the control, of those looked at. Immutable.
    ///
    /// @param count pairs of looks: what is added before the control and what is added after it are looked at in different calls
    /// @param totalNanos their sum
    public record Overhead(long count, long totalNanos) {}

    /// How long a behaviour took, in nanoseconds; all zero if it never ended. The percentiles are at most 3.2 % too high, never
    /// too low.
    ///
    /// @param count of durations
    /// @param totalNanos their sum
    /// @param p50Nanos median
    /// @param p99Nanos 99th percentile
    /// @param maxNanos the longest, exact
    public record Durations(long count, long totalNanos, long p50Nanos, long p99Nanos, long maxNanos) {
        private static final Durations NONE = new Durations(0, 0, 0, 0, 0);
    }
}
