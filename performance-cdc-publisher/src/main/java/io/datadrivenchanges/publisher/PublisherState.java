package io.datadrivenchanges.publisher;

/// Where the publisher stands: `STANDBY → CHECKING → SNAPSHOTTING → STREAMING → DRAINING → STOPPED`, where `SNAPSHOTTING` is skipped when
/// the generation continues, and `BACKOFF` comes between any of them and the next `CHECKING`.
///
/// - `STANDBY`: another publisher leads.
/// - `CHECKING`: comparing database, slot and topic.
/// - `SNAPSHOTTING`: filling a new generation; readers keep the old one, with a watermark that stands still.
/// - `STREAMING`: publishing changes as they are committed.
/// - `DRAINING`: finishing what was handed over.
/// - `BACKOFF`: waiting before the next attempt.
/// - `STOPPED`: ended.
enum PublisherState {
    STANDBY, CHECKING, SNAPSHOTTING, STREAMING, DRAINING, BACKOFF, STOPPED
}
