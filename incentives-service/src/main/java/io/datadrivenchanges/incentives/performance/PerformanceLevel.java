package io.datadrivenchanges.incentives.performance;

import java.util.Arrays;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/// How well a courier works. The names are part of the REST interface, the table and the topic.
public enum PerformanceLevel {
    NORMAL, HIGH, OUTSTANDING;

    /// The level with exactly this name, if there is one.
    static Optional<PerformanceLevel> named(@Nullable String name) {
        return Arrays.stream(values()).filter(level -> level.name().equals(name)).findFirst();
    }
}
