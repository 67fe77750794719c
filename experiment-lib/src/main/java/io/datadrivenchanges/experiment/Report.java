package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/// What a laboratory tells its sinks. Immutable as far as the values in it are.
public sealed interface Report {

    /// Name of the experiment.
    String experiment();

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
