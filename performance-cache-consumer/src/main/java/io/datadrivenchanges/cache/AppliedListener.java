package io.datadrivenchanges.cache;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// Hears of each change at the moment it becomes visible to lookups.
///
/// Called on the thread that reads the topic: return fast and do not throw; a listener that throws is removed. Changes
/// that become visible all at once, by the swap to a new generation, are not reported one by one.
@FunctionalInterface
public interface AppliedListener {

    /// A change has become visible.
    ///
    /// @param courierId whose level it is
    /// @param oldVersion version before, 0 if there was none
    /// @param newVersion version now visible
    /// @param committedAt when it was committed on the database's clock, null for a row that a snapshot brought
    /// @param nanoTime [System#nanoTime] right after it became visible
    void applied(long courierId, long oldVersion, long newVersion, @Nullable Instant committedAt, long nanoTime);
}
