package io.datadrivenchanges.publisher;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// What one comparison of the table with the topic found. Immutable.
///
/// @param couriers  rows of the table
/// @param missing   couriers whose newest version the topic has not got
/// @param ahead     couriers or versions that only the topic has
/// @param different couriers with the same version and another level, or with a record that cannot be read
/// @param examples  some of the couriers counted, at most [#MAX_EXAMPLES]
record Audit(Instant at, long generation, long couriers, long missing, long ahead, long different, List<Long> examples,
        Duration took) {
    static final int MAX_EXAMPLES = 10;

    Audit {
        examples = List.copyOf(examples);
    }

    /// Whether table and topic say the same.
    boolean clean() {
        return missing == 0 && ahead == 0 && different == 0;
    }
}
