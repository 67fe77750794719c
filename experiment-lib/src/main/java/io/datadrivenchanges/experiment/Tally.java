package io.datadrivenchanges.experiment;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

import org.jspecify.annotations.Nullable;

/// The counters of one candidate. Thread-safe; counting takes no lock and allocates nothing.
///
/// Only starts, disjoint ends and settlements are counted, everything else is added up when asked, so that the laws hold at every look:
/// `runs` = sum of findings + `in_flight`, `results_do_not_match` = sum of settlements + `rechecking`. What comes later in a run's life is counted
/// later and read earlier, so neither difference is ever negative; once all is quiet they are exact.
@SuppressWarnings("EnumOrdinal") // the place of a counter in memory, kept nowhere
final class Tally {

    /// The ways a run can end, told apart as far as the summary does. Every run ends in exactly one.
    enum End {
        MATCHED, MATCHED_AFTER_CONTROL, MISMATCHED, //
        CANDIDATE_THREW, CANDIDATE_TIMED_OUT, BOTH_FAILED, //
        CONTROL_FAILED, IGNORED, INCOMPARABLE, COMPARISON_FAILED, //
        SAMPLED_OUT, FILTERED, GATE_FAILED, SHED, CANCELLED;

        static End of(Finding finding) {
            return switch (finding) {
                case Finding.Match match -> match.afterControl() ? MATCHED_AFTER_CONTROL : MATCHED;
                case Finding.Mismatch mismatch -> MISMATCHED;
                case Finding.CandidateFailed failed when failed.what() instanceof Outcome.TimedOut<?> ->
                    CANDIDATE_TIMED_OUT;
                case Finding.CandidateFailed failed -> failed.controlToo() ? BOTH_FAILED : CANDIDATE_THREW;
                case Finding.ControlFailed failed -> CONTROL_FAILED;
                case Finding.Ignored ignored -> IGNORED;
                case Finding.Incomparable incomparable -> INCOMPARABLE;
                case Finding.ComparisonFailed failed -> COMPARISON_FAILED;
                case Finding.NotCompared not -> of(not.why());
            };
        }

        static End of(Reason why) {
            return switch (why) {
                case SAMPLED_OUT -> SAMPLED_OUT;
                case FILTERED -> FILTERED;
                case GATE_FAILED -> GATE_FAILED;
                case SHED -> SHED;
                case CANCELLED -> CANCELLED;
            };
        }
    }

    /// What a mismatch can turn out to be. Every mismatch is settled exactly once.
    enum Settling {
        CONVERGED, SUPERSEDED, CANDIDATE_AHEAD, STALE, DIVERGED, UNSETTLED;

        static Settling of(@Nullable Cause cause) {
            return switch (cause) {
                case STALE -> STALE;
                case CANDIDATE_AHEAD -> CANDIDATE_AHEAD;
                case DIVERGED -> DIVERGED;
                case null -> DIVERGED;
            };
        }
    }

    private static final End[] ENDS = End.values();
    private static final Settling[] SETTLINGS = Settling.values();
    private static final int STARTS = ENDS.length;
    private static final int SETTLED = STARTS + 1;

    private final Counters counters = new Counters(SETTLED + SETTLINGS.length);

    /// Counts the start of a run.
    ///
    /// @return see [Counters#increment]
    long start() {
        return counters.increment(STARTS);
    }

    void end(End end) {
        counters.increment(end.ordinal());
    }

    /// Counts mismatches as settled; to be called after they have been counted as such.
    ///
    /// @param mismatches that turned out so
    void settle(Settling settling, long mismatches) {
        counters.add(SETTLED + settling.ordinal(), mismatches);
    }

    long inFlight() {
        long ended = 0;
        for (End end : ENDS) {
            ended += sum(end);
        }
        return counters.sum(STARTS) - ended;
    }

    /// All numbers of the summary line, in its order.
    SequencedMap<String, Long> snapshot() {
        long[] settled = new long[SETTLINGS.length];
        long allSettled = 0;
        for (Settling settling : SETTLINGS) {
            settled[settling.ordinal()] = counters.sum(SETTLED + settling.ordinal());
            allSettled += settled[settling.ordinal()];
        }
        long[] n = new long[ENDS.length];
        long ended = 0;
        for (End end : ENDS) {
            n[end.ordinal()] = sum(end);
            ended += n[end.ordinal()];
        }
        long started = counters.sum(STARTS);

        SequencedMap<String, Long> counts = new LinkedHashMap<>();
        counts.put("results_match", sum(n, End.MATCHED, End.MATCHED_AFTER_CONTROL));
        counts.put("results_do_not_match", sum(n, End.MISMATCHED));
        counts.put("candidate_failed", sum(n, End.CANDIDATE_THREW, End.CANDIDATE_TIMED_OUT, End.BOTH_FAILED));
        counts.put("runs", started);
        counts.put("in_flight", started - ended);
        counts.put("matched_after_control", sum(n, End.MATCHED_AFTER_CONTROL));
        counts.put("candidate_timed_out", sum(n, End.CANDIDATE_TIMED_OUT));
        counts.put("both_failed", sum(n, End.BOTH_FAILED));
        counts.put("control_failed", sum(n, End.CONTROL_FAILED));
        counts.put("ignored", sum(n, End.IGNORED));
        counts.put("incomparable", sum(n, End.INCOMPARABLE));
        counts.put("comparison_failed", sum(n, End.COMPARISON_FAILED));
        counts.put("sampled_out", sum(n, End.SAMPLED_OUT));
        counts.put("filtered", sum(n, End.FILTERED));
        counts.put("gate_failed", sum(n, End.GATE_FAILED));
        counts.put("shed", sum(n, End.SHED));
        counts.put("cancelled", sum(n, End.CANCELLED));
        counts.put("converged", settled[Settling.CONVERGED.ordinal()]);
        counts.put("superseded", settled[Settling.SUPERSEDED.ordinal()]);
        counts.put("candidate_ahead", settled[Settling.CANDIDATE_AHEAD.ordinal()]);
        counts.put("stale", settled[Settling.STALE.ordinal()]);
        counts.put("diverged", settled[Settling.DIVERGED.ordinal()]);
        counts.put("unsettled", settled[Settling.UNSETTLED.ordinal()]);
        counts.put("rechecking", sum(n, End.MISMATCHED) - allSettled);
        return counts;
    }

    private long sum(End end) {
        return counters.sum(end.ordinal());
    }

    private static long sum(long[] n, End... which) {
        long sum = 0;
        for (End end : which) {
            sum += n[end.ordinal()];
        }
        return sum;
    }
}
