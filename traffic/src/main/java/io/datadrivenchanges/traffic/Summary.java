package io.datadrivenchanges.traffic;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// What came out of a run.
///
/// @param origin what the deliveries are
/// @param deliveries how many were to be paid
/// @param payments how many ended in a payment
/// @param existed of these: payments that had been made before this run
/// @param levelChanges performance levels set in Incentives
/// @param failures what went wrong, one sentence each, the first ones only
/// @param fromIntendedStart time from when a delivery was to be paid until it was: what a waiting courier sees
/// @param fromSending time from sending a payment until its answer, retries included
/// @param took time from the first delivery to the last
/// @param experiment the experiment's numbers of this run alone
record Summary(String origin, long deliveries, long payments, long existed, long levelChanges, long levelChangesFailed,
        List<String> failures, Latency fromIntendedStart, Latency fromSending, Duration took,
        ExperimentNumbers experiment) {

    private static final List<String> CAUSES = List.of("stale", "candidate_ahead", "diverged");
    private static final List<String> FAILED = List.of("candidate_failed", "control_failed", "comparison_failed");
    private static final List<String> NOT_COMPARED = List.of("incomparable",
            "ignored",
            "shed",
            "sampled_out",
            "filtered",
            "gate_failed",
            "cancelled",
            "in_flight");

    /// Percentiles of a latency in microseconds.
    record Latency(long p50Micros, long p99Micros) {}

    /// Whether every delivery ended in a payment.
    boolean complete() {
        return payments == deliveries;
    }

    /// The summary as lines of text.
    String text() {
        var text = new StringBuilder(origin).append('\n');
        line(text, "deliveries", deliveries + " in " + took.toSeconds() + " s, " + perSecond() + " per second");
        line(text, "payments", payments + (existed == 0 ? "" : ", " + existed + " of them made before this run"));
        line(text, "not paid", Long.toString(deliveries - payments));
        line(text, "level changes",
                levelChanges + (levelChangesFailed == 0 ? "" : ", " + levelChangesFailed + " failed"));
        line(text, "experiment", "stage " + experiment.stage() + ", " + experiment.count("runs") + " runs");
        long matched = experiment.count("results_match");
        long unmatched = experiment.count("results_do_not_match");
        line(text, "  compared", Long.toString(matched + unmatched));
        line(text, "  matched", matched + counts(List.of("matched_after_control")));
        line(text, "  not matched", unmatched + counts(CAUSES));
        line(text, "  failed", sum(FAILED) + counts(FAILED));
        line(text, "  not compared", sum(NOT_COMPARED) + counts(NOT_COMPARED));
        line(text, "latency", "p50, p99");
        line(text, "  payment", latency(fromIntendedStart) + " from when it was due (nothing omitted)");
        line(text, "  payment", latency(fromSending) + " from when it was sent");
        line(text, "  control", latency(experiment.control()) + " REST, since Payments was started");
        line(text, "  candidate", latency(experiment.candidate()) + " cache, since Payments was started");
        failures.forEach(failure -> text.append("not paid: ").append(failure).append('\n'));
        return text.toString();
    }

    private String perSecond() {
        return String.format(Locale.ROOT, "%.0f", deliveries * 1e3 / Math.max(1, took.toMillis()));
    }

    private long sum(List<String> keys) {
        return keys.stream().mapToLong(experiment::count).sum();
    }

    private String counts(List<String> keys) {
        var named = keys.stream()
                .filter(key -> experiment.count(key) != 0)
                .map(key -> key.replace('_', ' ') + " " + experiment.count(key))
                .toList();
        return named.isEmpty() ? "" : " (" + String.join(", ", named) + ")";
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-16s%s%n", name, value));
    }

    private static String latency(Latency latency) {
        return millis(latency.p50Micros()) + ", " + millis(latency.p99Micros()) + " ms";
    }

    private static String latency(ExperimentNumbers.Durations durations) {
        return millis(durations.p50Micros()) + ", " + millis(durations.p99Micros()) + " ms";
    }

    private static String millis(long micros) {
        return micros < 0 ? "–" : String.format(Locale.ROOT, "%.3f", micros / 1e3);
    }
}
