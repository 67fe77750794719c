package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/// A report as a line of JSON, for sinks that write text.
final class ReportLine {

    private ReportLine() {}

    static String of(Report report) {
        return switch (report) {
            case Report.Result result -> of(result);
            case Report.Settled settled -> of(settled);
            case Report.Notice notice -> new Json().open()
                    .text("at", notice.at().toString())
                    .text("experiment_name", notice.experiment())
                    .text("notice", notice.text())
                    .close()
                    .toString();
        };
    }

    private static String of(Report.Result result) {
        Json json = new Json().open()
                .text("at", result.at().toString())
                .text("experiment_name", result.experiment())
                .text("candidate_name", result.candidate())
                .text("stage", result.stage().name())
                .text("finding", key(result.finding()))
                .text("cause", result.cause() == null ? null : result.cause().key())
                .text("why", why(result.finding()))
                .text("cohort", result.cohort())
                .text("input", Shown.text(result.key()));
        observation(json.key("control").open(), result.control()).close();
        return observation(json.key("candidate").open(), result.observed()).close().close().toString();
    }

    private static String of(Report.Settled settled) {
        Settlement settlement = settled.settlement();
        Json json = new Json().open()
                .text("at", settled.at().toString())
                .text("experiment_name", settled.experiment())
                .text("candidate_name", settled.candidate())
                .text("settlement", settlement.key())
                .text("cause", settled.cause().key())
                .text("why", settlement instanceof Settlement.Unsettled unsettled ? unsettled.why().key() : null)
                .number("mismatches", settled.mismatches())
                .numberOrNull("more_than_millis", millis(moreThan(settlement)))
                .numberOrNull("at_most_millis", millis(atMost(settlement)))
                .text("input", Shown.text(settled.key()));
        return Amount.write(json, settled.cost()).close().toString();
    }

    private static @Nullable Duration moreThan(Settlement settlement) {
        return switch (settlement) {
            case Settlement.Converged converged -> converged.moreThan();
            case Settlement.Stale stale -> stale.moreThan();
            case Settlement.Unsettled unsettled -> unsettled.moreThan();
            case Settlement.Superseded superseded -> null;
            case Settlement.CandidateAhead ahead -> null;
            case Settlement.Diverged diverged -> null;
        };
    }

    private static @Nullable Duration atMost(Settlement settlement) {
        return switch (settlement) {
            case Settlement.Converged converged -> converged.atMost();
            case Settlement.Superseded superseded -> superseded.atMost();
            case Settlement.Stale stale -> null;
            case Settlement.Unsettled unsettled -> null;
            case Settlement.CandidateAhead ahead -> null;
            case Settlement.Diverged diverged -> null;
        };
    }

    private static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis();
    }

    private static Json observation(Json json, Report.Observation seen) {
        Long version = seen.version() < 0 ? null : seen.version();
        Duration staleness = seen.staleness();
        Duration duration = seen.duration();
        return json.text("outcome", key(seen.outcome()))
                .text("value", Shown.text(seen.outcome()))
                .numberOrNull("version", version)
                .numberOrNull("staleness_millis", millis(staleness))
                .numberOrNull("duration_nanos", duration == null ? null : duration.toNanos());
    }

    /// The key under which the summary line counts the finding.
    private static String key(Finding finding) {
        return switch (finding) {
            case Finding.Match match -> "results_match";
            case Finding.Mismatch mismatch -> "results_do_not_match";
            case Finding.CandidateFailed failed -> "candidate_failed";
            case Finding.ControlFailed failed -> "control_failed";
            case Finding.Ignored ignored -> "ignored";
            case Finding.Incomparable incomparable -> "incomparable";
            case Finding.ComparisonFailed failed -> "comparison_failed";
            case Finding.NotCompared not -> not.why().name().toLowerCase(Locale.ROOT);
        };
    }

    private static @Nullable String why(Finding finding) {
        return switch (finding) {
            case Finding.Mismatch mismatch ->
                String.join(",", mismatch.why().paths().stream().<String>map(Difference::path).toList());
            case Finding.Ignored ignored -> ignored.rule();
            case Finding.Incomparable incomparable -> incomparable.why();
            case Finding.ComparisonFailed failed -> failed.at() + ": " + Shown.text(failed.error());
            case Finding.Match match -> null;
            case Finding.CandidateFailed failed -> null;
            case Finding.ControlFailed failed -> null;
            case Finding.NotCompared not -> null;
        };
    }

    private static String key(Outcome<? extends @Nullable Object> outcome) {
        return switch (outcome) {
            case Outcome.Returned<? extends @Nullable Object> returned -> "returned";
            case Outcome.Threw<? extends @Nullable Object> threw -> "threw";
            case Outcome.TimedOut<? extends @Nullable Object> late -> "timed_out";
            case Outcome.NotRun<? extends @Nullable Object> not -> "not_run";
        };
    }
}
