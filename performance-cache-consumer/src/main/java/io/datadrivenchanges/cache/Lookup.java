package io.datadrivenchanges.cache;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// Answer of the cache about one courier: known, absent, or unknown and why. Immutable.
public sealed interface Lookup {

    /// The courier has this level.
    ///
    /// @param level performance of the courier
    /// @param version version of the row, rising by one with each change
    /// @param committedAt when the change was committed on the database's clock, null for a row that a snapshot brought
    /// @param staleness upper bound: every change committed longer ago than this is contained in the answer
    record Known(PerformanceLevel level, long version, @Nullable Instant committedAt,
            Duration staleness) implements Lookup {}

    /// There is no such courier.
    ///
    /// @param staleness upper bound: every courier committed longer ago than this would have been found
    record Absent(Duration staleness) implements Lookup {}

    /// The cache cannot tell.
    ///
    /// @param reason why not
    record Unknown(Reason reason) implements Lookup {}

    /// Why the cache cannot tell.
    ///
    /// - `STARTING`: it has not yet read a complete generation to the end of the topic.
    /// - `STALE`: its heartbeat is older than the configured bound.
    /// - `REBUILDING`: the topic is another one than before and is read again.
    /// - `POISONED`: a record of this courier could not be understood; a higher version repairs it.
    /// - `UNTRUSTED`: a record without a readable key went by, so any courier may be wrong until the next generation.
    /// - `STOPPED`: it is closed, refused to read, or failed and waits to start again.
    /// - `DISABLED`: it is switched off by configuration.
    enum Reason {
        STARTING, STALE, REBUILDING, POISONED, UNTRUSTED, STOPPED, DISABLED
    }
}
