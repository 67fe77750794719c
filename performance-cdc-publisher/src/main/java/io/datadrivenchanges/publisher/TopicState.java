package io.datadrivenchanges.publisher;

import java.util.Map;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

/// What the tail of the topic says, committed records only. Immutable.
///
/// @param markers newest marker of each partition that has one
/// @param reaches largest position of any record: all that was committed up to here is in the topic
record TopicState(Map<Integer, Marker> markers, OptionalLong reaches) {
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
