package io.datadrivenchanges.publisher;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// What one record of the change engine means to the topic. Immutable.
sealed interface Change {
    Position position();

    /// The state of one courier after a committed change, or as the snapshot found it.
    ///
    /// @param committedAt commit time by the database's clock, `null` in a snapshot
    record Courier(Position position, long courierId, String performance, long version, Instant updatedAt,
            @Nullable Instant committedAt) implements Change {}

    /// The publisher's own row went through the whole pipe: everything committed before `committedAt` did so too.
    record Heartbeat(Position position, long beat, Instant committedAt) implements Change {}

    /// Couriers disappeared, which no record can express: keys are only added or raised within a generation.
    record Removal(Position position, Reason reason) implements Change {}

    /// Nothing that readers need.
    record Irrelevant(Position position) implements Change {}

    /// Where a change stands in the write-ahead log.
    ///
    /// @param confirms  log position that marking this change would confirm to the slot: all that was committed up to here
    ///                  has been handed over
    /// @param lsn       log position of the change itself
    /// @param operation `r` (snapshot), `c`, `u`, `d`, `t`
    /// @param snapshot  whether the change was read by the snapshot
    record Position(long confirms, long lsn, String operation, boolean snapshot) {}
}
