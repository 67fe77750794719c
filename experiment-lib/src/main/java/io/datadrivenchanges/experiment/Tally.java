package io.datadrivenchanges.experiment;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/// The counters of an experiment. Thread-safe; counting takes no lock.
///
/// Only starts and disjoint ends are counted, everything else is added up when asked, so that the laws hold at every look:
/// `runs` = sum of findings + `in_flight`, `results_do_not_match` = sum of its causes. An end is counted after its start, and ends
/// are read before starts, so `in_flight` is never negative; once all is quiet it is 0.
final class Tally {

    /// The ways a run can end, told apart as far as the summary does. Every run ends in exactly one.
    enum End {
        MATCHED, MATCHED_AFTER_CONTROL, //
        STALE, CANDIDATE_AHEAD, DIVERGED, //
        CANDIDATE_THREW, CANDIDATE_TIMED_OUT, BOTH_FAILED, //
        CONTROL_FAILED, INCOMPARABLE, COMPARISON_FAILED, //
        SAMPLED_OUT, FILTERED, GATE_FAILED, SHED, CANCELLED;

        static End of(Finding finding, @Nullable Cause cause) {
            return switch (finding) {
                case Finding.Match match -> match.afterControl() ? MATCHED_AFTER_CONTROL : MATCHED;
                case Finding.Mismatch mismatch -> of(cause);
                case Finding.CandidateFailed failed when failed.what() instanceof Outcome.TimedOut<?> ->
                    CANDIDATE_TIMED_OUT;
                case Finding.CandidateFailed failed -> failed.controlToo() ? BOTH_FAILED : CANDIDATE_THREW;
                case Finding.ControlFailed failed -> CONTROL_FAILED;
                case Finding.Incomparable incomparable -> INCOMPARABLE;
                case Finding.ComparisonFailed failed -> COMPARISON_FAILED;
                case Finding.NotCompared not -> of(not.why());
            };
        }

        private static End of(@Nullable Cause cause) {
            return switch (cause) {
                case STALE -> STALE;
                case CANDIDATE_AHEAD -> CANDIDATE_AHEAD;
                case DIVERGED -> DIVERGED;
                case null -> DIVERGED;
            };
        }

        private static End of(Reason why) {
            return switch (why) {
                case SAMPLED_OUT -> SAMPLED_OUT;
                case FILTERED -> FILTERED;
                case GATE_FAILED -> GATE_FAILED;
                case SHED -> SHED;
                case CANCELLED -> CANCELLED;
            };
        }
    }

    private final LongAdder starts = new LongAdder();
    private final Map<End, LongAdder> ends = new EnumMap<>(End.class);

    Tally() {
        for (End end : End.values()) {
            ends.put(end, new LongAdder());
        }
    }

    void start() {
        starts.increment();
    }

    void end(End end) {
        Objects.requireNonNull(ends.get(end)).increment();
    }

    /// All numbers of the summary line, in its order.
    SequencedMap<String, Long> snapshot() {
        Map<End, Long> n = new EnumMap<>(End.class);
        ends.forEach((end, count) -> n.put(end, count.sum()));
        long started = starts.sum();
        long ended = sum(n, End.values());

        SequencedMap<String, Long> counts = new LinkedHashMap<>();
        counts.put("results_match", sum(n, End.MATCHED, End.MATCHED_AFTER_CONTROL));
        counts.put("results_do_not_match", sum(n, End.STALE, End.CANDIDATE_AHEAD, End.DIVERGED));
        counts.put("candidate_failed", sum(n, End.CANDIDATE_THREW, End.CANDIDATE_TIMED_OUT, End.BOTH_FAILED));
        counts.put("runs", started);
        counts.put("in_flight", started - ended);
        counts.put("matched_after_control", sum(n, End.MATCHED_AFTER_CONTROL));
        counts.put("stale", sum(n, End.STALE));
        counts.put("candidate_ahead", sum(n, End.CANDIDATE_AHEAD));
        counts.put("diverged", sum(n, End.DIVERGED));
        counts.put("candidate_timed_out", sum(n, End.CANDIDATE_TIMED_OUT));
        counts.put("both_failed", sum(n, End.BOTH_FAILED));
        counts.put("control_failed", sum(n, End.CONTROL_FAILED));
        counts.put("ignored", 0L);
        counts.put("incomparable", sum(n, End.INCOMPARABLE));
        counts.put("comparison_failed", sum(n, End.COMPARISON_FAILED));
        counts.put("sampled_out", sum(n, End.SAMPLED_OUT));
        counts.put("filtered", sum(n, End.FILTERED));
        counts.put("gate_failed", sum(n, End.GATE_FAILED));
        counts.put("shed", sum(n, End.SHED));
        counts.put("cancelled", sum(n, End.CANCELLED));
        return counts;
    }

    long inFlight() {
        long ended = 0;
        for (LongAdder end : ends.values()) {
            ended += end.sum();
        }
        return starts.sum() - ended;
    }

    private static long sum(Map<End, Long> n, End... which) {
        long sum = 0;
        for (End end : which) {
            sum += n.getOrDefault(end, 0L);
        }
        return sum;
    }
}
