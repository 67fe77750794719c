package io.datadrivenchanges.publisher;

import java.util.Map;
import java.util.OptionalLong;

/// What the tail of the topic says, committed records only. Immutable.
///
/// @param markers newest marker of each partition that has one
/// @param reaches largest position of any record: all that was committed up to here is in the topic
record TopicState(Map<Integer, Marker> markers, OptionalLong reaches) {
    TopicState {
        markers = Map.copyOf(markers);
    }
}
