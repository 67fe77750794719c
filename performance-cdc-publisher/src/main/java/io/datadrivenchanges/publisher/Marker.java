package io.datadrivenchanges.publisher;

import java.time.Instant;

/// Begin or end of one generation in one partition. Immutable.
///
/// @param generation rises with every snapshot, even across a wiped broker
/// @param couriers   keys of this partition in the snapshot; 0 while building
/// @param systemId   identifier of the database cluster that the generation was read from
/// @param timeline   its timeline
record Marker(long generation, State state, long couriers, String systemId, int timeline, Instant at) {
    /// `COMPLETE` follows the last snapshot row.
    enum State {
        BUILDING, COMPLETE
    }
}
