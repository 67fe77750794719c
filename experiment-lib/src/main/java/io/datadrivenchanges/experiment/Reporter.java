package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// Writes the log lines of a laboratory. Confined to its reporting thread.
///
/// A kind of mismatch (candidate, cause, paths, class of the error) is shown at once when it is new; of known kinds ten lines a minute are
/// shown per experiment, the rest is counted, and the count is shown when the minute is over. Troubles likewise, per operation.
final class Reporter {

    private static final int LINES_A_MINUTE = 10;
    /// Kinds beyond these count as known, so that a comparator that invents paths can neither fill the memory nor the log.
    private static final int MAX_KINDS = 256;

    private static final Logger RESULTS = LoggerFactory.getLogger("experiment.results");
    private static final Logger MISMATCH = LoggerFactory.getLogger("experiment.mismatch");
    private static final Logger VERDICT = LoggerFactory.getLogger("experiment.verdict");
    private static final Logger LAB = LoggerFactory.getLogger("experiment.lab");

    private final Time time;
    private final Set<Kind> kinds = new HashSet<>();
    private final Map<String, Allowance> findings = new HashMap<>();
    private final Map<String, Allowance> settlements = new HashMap<>();
    private final Map<Trouble, Allowance> troubles = new HashMap<>();
    /// The last line of each candidate: it is written again only if it has changed.
    private final Map<String, String> verdicts = new HashMap<>();

    private record Kind(String experiment, String candidate, String cause, List<String> paths, String error) {}

    private record Trouble(String experiment, Operation at) {}

    /// Ten lines a minute, and how many were held back.
    private static final class Allowance {

        private static final long MINUTE = Duration.ofMinutes(1).toNanos();

        private long begun;
        private int shown;
        private long heldBack;

        Allowance(long now) {
            begun = now;
        }

        boolean take() {
            if (shown < LINES_A_MINUTE) {
                shown++;
                return true;
            }
            heldBack++;
            return false;
        }

        /// Begins a new minute if one has passed.
        ///
        /// @return how many were held back in the minute that ended
        long roll(long now) {
            if (now - begun < MINUTE) {
                return 0;
            }
            long rest = heldBack;
            begun = now;
            shown = 0;
            heldBack = 0;
            return rest;
        }
    }

    Reporter(Time time) {
        this.time = time;
    }

    void summary(Summary summary) {
        RESULTS.info(summary.json());
        for (Summary.Side side : summary.sides()) {
            String line = side.assessment().json(summary.name(), side.name());
            if (!side.reference() && !line.equals(verdicts.put(summary.name() + "/" + side.name(), line))) {
                VERDICT.info(line);
            }
        }
    }

    void finding(Report.Result result) {
        switch (result.finding()) {
            case Finding.Mismatch mismatch -> {
                String cause = result.cause() == null ? Cause.DIVERGED.key() : result.cause().key();
                line(result, cause, mismatch.why().paths().stream().<String>map(Difference::path).toList(), null);
            }
            case Finding.CandidateFailed failed -> {
                Throwable error = failed.what() instanceof Outcome.Threw<?> threw ? threw.error() : null;
                line(result, error == null ? "candidate_timed_out" : "candidate_failed", List.of(), error);
            }
            default -> {
            }
        }
    }

    /// A line for what was found out by a re-check: each new kind, and ten others a minute. What was settled at once, its mismatch has
    /// told already.
    void settled(Report.Settled settled) {
        if (settled.rereads().isEmpty() && !(settled.settlement() instanceof Settlement.Unsettled)) {
            return;
        }
        Allowance allowance = settlements.computeIfAbsent(settled.experiment(), first -> new Allowance(time.nanos()));
        showRest(settled.experiment(), allowance, "settlements_not_shown");
        String settlement = settled.settlement().key();
        Kind kind = new Kind(settled.experiment(), settled.candidate(), settled.cause().key(), List.of(), settlement);
        boolean isNew = kinds.size() < MAX_KINDS && kinds.add(kind);
        if (!isNew && !allowance.take()) {
            return;
        }
        String input = Shown.text(settled.key());
        String after = after(settled.settlement());
        Json json = new Json().open()
                .text("experiment_name", settled.experiment())
                .text("candidate_name", settled.candidate())
                .text("settled", settled.cause().key() + ", " + settlement + (after == null ? "" : " " + after))
                .text("input", input)
                .number("mismatches", settled.mismatches());
        MISMATCH.atInfo()
                .addKeyValue("event.action", "experiment.settled")
                .addKeyValue("experiment.name", settled.experiment())
                .addKeyValue("experiment.cause", settled.cause().key())
                .addKeyValue("experiment.settlement", settlement)
                .addKeyValue("experiment.after", after)
                .addKeyValue("experiment.input", input)
                .log(Amount.write(json, settled.cost()).close().toString());
    }

    private static @Nullable String after(Settlement settlement) {
        return switch (settlement) {
            case Settlement.Converged converged -> "after " + converged.atMost().toMillis() + " ms";
            case Settlement.Superseded superseded -> "after " + superseded.atMost().toMillis() + " ms";
            case Settlement.CandidateAhead ahead -> null;
            case Settlement.Stale stale -> "for more than " + stale.moreThan().toMillis() + " ms";
            case Settlement.Diverged diverged -> null;
            case Settlement.Unsettled unsettled -> "for lack of " + unsettled.why().key();
        };
    }

    void notice(Report.Notice notice) {
        LAB.atWarn()
                .addKeyValue("experiment.name", notice.experiment())
                .log("experiment '{}': {}", notice.experiment(), notice.text());
    }

    void trouble(String experiment, Operation at, Throwable thrown) {
        Trouble trouble = new Trouble(experiment, at);
        Allowance allowance = troubles.computeIfAbsent(trouble, first -> new Allowance(time.nanos()));
        showRest(trouble, allowance);
        if (allowance.take()) {
            LAB.atWarn()
                    .setCause(thrown)
                    .addKeyValue("experiment.name", experiment)
                    .addKeyValue("experiment.operation", at)
                    .log("experiment '{}': {} failed; the control is not affected", experiment, at);
        }
    }

    /// Shows the counts of what was held back, where a minute has passed.
    void rest() {
        findings.forEach((experiment, allowance) -> showRest(experiment, allowance, "not_shown"));
        settlements.forEach((experiment, allowance) -> showRest(experiment, allowance, "settlements_not_shown"));
        troubles.forEach(this::showRest);
    }

    private void line(Report.Result result, String cause, List<String> paths, @Nullable Throwable error) {
        Allowance allowance = findings.computeIfAbsent(result.experiment(), first -> new Allowance(time.nanos()));
        showRest(result.experiment(), allowance, "not_shown");
        Kind kind = new Kind(result.experiment(), result.candidate(), cause, paths,
                error == null ? "" : error.getClass().getName());
        boolean isNew = kinds.size() < MAX_KINDS && kinds.add(kind);
        if (!isNew && !allowance.take()) {
            return;
        }
        String input = Shown.text(result.key());
        String controlValue = Shown.text(result.control().outcome());
        String candidateValue = Shown.text(result.observed().outcome());
        Long controlVersion = known(result.control().version());
        Long candidateVersion = known(result.observed().version());
        Duration staleness = result.observed().staleness();
        Long ageMillis = staleness == null ? null : staleness.toMillis();

        Json json = new Json().open()
                .text("experiment_name", result.experiment())
                .text("candidate_name", result.candidate())
                .text("cause", cause)
                .text("paths", String.join(",", paths))
                .text("input", input)
                .text("control_value", controlValue)
                .numberOrNull("control_version", controlVersion)
                .text("candidate_value", candidateValue)
                .numberOrNull("candidate_version", candidateVersion)
                .numberOrNull("candidate_age_millis", ageMillis)
                .close();
        LoggingEventBuilder event = MISMATCH.atWarn()
                .addKeyValue("event.action", "experiment.mismatch")
                .addKeyValue("experiment.name", result.experiment())
                .addKeyValue("experiment.cause", cause)
                .addKeyValue("experiment.paths", String.join(",", paths))
                .addKeyValue("experiment.input", input)
                .addKeyValue("experiment.control.value", controlValue)
                .addKeyValue("experiment.control.version", controlVersion)
                .addKeyValue("experiment.candidate.value", candidateValue)
                .addKeyValue("experiment.candidate.version", candidateVersion)
                .addKeyValue("cache.entry.age", ageMillis);
        (isNew && error != null ? event.setCause(error) : event).log(json.toString());
    }

    private void showRest(String experiment, Allowance allowance, String key) {
        long rest = allowance.roll(time.nanos());
        if (rest > 0) {
            MISMATCH.warn(
                    new Json().open().text("experiment_name", experiment).number(key, rest).close().toString());
        }
    }

    private void showRest(Trouble trouble, Allowance allowance) {
        long rest = allowance.roll(time.nanos());
        if (rest > 0) {
            LAB.warn("experiment '{}': {} failed {} more times", trouble.experiment(), trouble.at(), rest);
        }
    }

    private static @Nullable Long known(long version) {
        return version < 0 ? null : version;
    }
}
