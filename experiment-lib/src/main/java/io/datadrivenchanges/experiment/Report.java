package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/// What a laboratory tells its sinks. Immutable as far as the values in it are.
public sealed interface Report {

    /// Name of the experiment.
    String experiment();

    /// The report as one JSON object, without a line break, for people and tools that read reports elsewhere. Values are shown by
    /// their `toString`, at most 256 characters of it; one that throws is said so. Not for a caller's thread.
    default String json() {
        return ReportLine.of(this);
    }

    /// One compared run.
    ///
    /// @param experiment name of the experiment
    /// @param candidate name of the candidate
    /// @param at wall-clock time of the finding
    /// @param key what `key` made of the input, or the input itself if there is no key function or it threw
    /// @param finding how the run ended; the values in it are cleaned
    /// @param cause of a mismatch, at first sight; `null` for every other finding
    /// @param control what the control did; the value in it is its projection, cleaned
    /// @param observed what the candidate did, at its last read; the value in it is its projection, cleaned
    /// @param stage of the call
    /// @param cohort of the input; `null` if there is none
    /// @param context of the experiment, the laboratory's included; empty if nothing was said
    record Result(String experiment, String candidate, Instant at, @Nullable Object key, Finding finding,
            @Nullable Cause cause, Observation control, Observation observed, Stage stage, @Nullable String cohort,
            Map<String, String> context) implements Report {}

    /// What a mismatch turned out to be.
    ///
    /// @param candidate name of the candidate
    /// @param at wall-clock time of the settlement
    /// @param key as in the result
    /// @param cause at first sight
    /// @param settlement what it turned out to be
    /// @param mismatches how many share it, at least 1: those of the same key and control version while the re-check was open
    /// @param cost of the first of them; `null` if that cannot be told
    /// @param rereads what was read again, in order; empty if it was settled at once
    record Settled(String experiment, String candidate, Instant at, @Nullable Object key, Cause cause,
            Settlement settlement, long mismatches, @Nullable Amount cost,
            List<Reread> rereads) implements Report {
        public Settled {
            rereads = List.copyOf(rereads);
        }
    }

    /// Something that the laboratory did to an experiment of its own accord, such as to run its candidate detached from now on.
    ///
    /// @param at wall-clock time
    /// @param text a sentence about the experiment
    record Notice(String experiment, Instant at, String text) implements Report {}

    /// What one behaviour did.
    ///
    /// @param outcome what came of it
    /// @param version version of the value; negative = unknown
    /// @param staleness upper bound of how old the value was when it was read; `null` = unknown
    /// @param duration of the behaviour alone, without projection and comparison, above zero; `null` if it did not end or was not timed
    /// @param context of this observation: the experiment's, with the candidate's over it
    record Observation(Outcome<? extends @Nullable Object> outcome, long version, @Nullable Duration staleness,
            @Nullable Duration duration, Map<String, String> context) {}
}
