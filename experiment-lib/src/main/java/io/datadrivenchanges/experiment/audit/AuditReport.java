package io.datadrivenchanges.experiment.audit;

import java.time.Duration;
import java.util.List;

/// What an audit has found. Immutable; holds keys and versions, no values.
///
/// @param truth name of the source that is taken to be right
/// @param copy name of the source that was compared with it
/// @param keys compared, those that only one side has included
/// @param discrepancies confirmed, in the order of their keys; the first ones, if there are more than the limit
/// @param found how many were confirmed
/// @param moving keys that changed at every look, so that nothing can be said of them
/// @param caughtUp whether the copy was as far as the truth, whenever it was compared
/// @param complete whether all keys were compared; if not, the time was over
/// @param took from the first read to the last
/// @param <K> type of the keys
public record AuditReport<K>(String truth, String copy, long keys, List<Discrepancy<K>> discrepancies, long found,
        long moving, boolean caughtUp, boolean complete, Duration took) {

    public AuditReport {
        discrepancies = List.copyOf(discrepancies);
    }

    /// How a copy can be wrong about a key.
    ///
    /// - `MISSING`: the truth has it, the copy does not
    /// - `EXTRA`: the copy has it, the truth does not, such as after a delete that was lost
    /// - `STALE`: the copy has an older version
    /// - `AHEAD`: the copy has a newer version
    /// - `DIFFERENT`: another value, of the same or an unknown version
    public enum Kind {
        MISSING, EXTRA, STALE, AHEAD, DIFFERENT
    }

    /// A key about which the copy is wrong.
    ///
    /// @param truthVersion negative = unknown, or the truth does not have it
    /// @param copyVersion negative = unknown, or the copy does not have it
    public record Discrepancy<K>(K key, Kind kind, long truthVersion, long copyVersion) {}

    /// Whether the copy is right about every key and nothing is left open. A copy that was behind can be clean, too: then nothing that it
    /// lacked was a change.
    public boolean isClean() {
        return found == 0 && moving == 0 && complete;
    }
}
