package io.datadrivenchanges.publisher;

import org.jspecify.annotations.Nullable;

/// What the database says about itself and about our replication slot. Immutable.
///
/// @param written end of the write-ahead log
/// @param slot    `null` if there is none
record SourceState(String systemId, int timeline, long written, @Nullable Slot slot) {
    /// @param usable    whether streaming can resume from it
    /// @param confirmed everything committed before this position was confirmed by us
    record Slot(boolean usable, long confirmed) {}
}
