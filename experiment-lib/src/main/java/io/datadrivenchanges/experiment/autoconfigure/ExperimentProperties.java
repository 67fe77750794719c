package io.datadrivenchanges.experiment.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;

import io.datadrivenchanges.experiment.Stage;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Settings of the laboratory.
///
/// @param enabled Whether candidates are asked at all: position of the kill switch at the start.
/// @param stage Stage at which an experiment begins, not CANARY; where stages are stored, the stored one counts.
/// @param period Time between two summary lines in the log.
/// @param jsonLines Settings of the file of reports.
@ConfigurationProperties(value = "experiment", ignoreUnknownFields = false)
record ExperimentProperties(@DefaultValue("true") boolean enabled, @DefaultValue("SHADOW") Stage stage,
        @DefaultValue("1m") Duration period, @DefaultValue JsonLines jsonLines) {

    ExperimentProperties {
        if (stage == Stage.CANARY) {
            throw new IllegalArgumentException(
                    "experiment.stage: no experiment can begin at CANARY, which needs a share");
        }
        if (!period.isPositive()) {
            throw new IllegalArgumentException("experiment.period must be positive: " + period);
        }
    }

    /// Settings of the file of reports.
    ///
    /// @param path File that each report is appended to as a line of JSON; empty writes none.
    /// @param maxSize Largest size of one file, from 1KB.
    /// @param maxFiles Files that are kept, the newest included, from 1 to 1000.
    /// @param matchesEnabled Whether matches are written too, not only what went wrong.
    record JsonLines(@Nullable Path path, @DefaultValue("16MB") DataSize maxSize, @DefaultValue("4") int maxFiles,
            @DefaultValue("false") boolean matchesEnabled) {}
}
