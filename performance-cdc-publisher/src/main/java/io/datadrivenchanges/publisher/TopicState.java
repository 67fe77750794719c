package io.datadrivenchanges.publisher;

import java.util.Map;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

/// What the tail of the topic says. Immutable.
///
/// @param markers newest committed marker of each partition that has one
/// @param reaches largest position of a committed record: all that was committed up to here in the database is in the topic
/// @param shown   largest position of any record, committed or not: readers may have seen what was committed up to here
record TopicState(Map<Integer, Marker> markers, OptionalLong reaches, OptionalLong shown) {
    TopicState {
        markers = Map.copyOf(markers);
    }

    /// Why the newest generation was begun; `null` if there is none, or it does not say so.
    @Nullable
    Reason newestReason() {
        Marker newest = null;
        for (Marker marker : markers.values()) {
            newest = newest == null || marker.generation() > newest.generation() ? marker : newest;
        }
        return newest == null ? null : newest.reason();
    }
}
