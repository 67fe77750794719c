package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// What a laboratory tells its sinks. Immutable as far as the values in it are.
public sealed interface Report {

    /// Name of the experiment.
    String experiment();

    /// The report as one JSON object, without a line break: for people and tools that read reports elsewhere. Values are shown by
    /// their `toString`, at most 256 characters of it; one that throws is said so. Not for a caller's thread.
    String json();

    /// One compared run.
    ///
    /// @param experiment name of the experiment
    /// @param candidate name of the candidate
    /// @param at wall-clock time of the finding
    /// @param key what `key` made of the input, or the input itself if there is no key function or it threw
    /// @param finding how the run ended
    /// @param cause of a mismatch; `null` for every other finding
    /// @param control what the control did; the value in it is its projection
    /// @param observed what the candidate did, at its last read; the value in it is its projection
    record Result(String experiment, String candidate, Instant at, @Nullable Object key, Finding finding,
            @Nullable Cause cause, Observation control, Observation observed) implements Report {

        @Override
        public String json() {
            return ReportLine.of(this);
        }
    }

    /// What one behaviour did.
    ///
    /// @param outcome what came of it
    /// @param version version of the value; negative = unknown
    /// @param staleness upper bound of how old the value was when it was read; `null` = unknown
    /// @param duration of the behaviour alone, without projection and comparison; zero if it did not end
    record Observation(Outcome<? extends @Nullable Object> outcome, long version, @Nullable Duration staleness,
            Duration duration) {}
}
