package io.datadrivenchanges.publisher;

import java.time.Instant;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Begin or end of one generation in one partition. Immutable.
///
/// @param generation rises with every snapshot, even across a wiped broker
/// @param couriers   keys of this partition in the snapshot; 0 while building
/// @param systemId   identifier of the database cluster that the generation was read from
/// @param timeline   its timeline
record Marker(long generation, State state, long couriers, String systemId, int timeline, Instant at) {
    /// The marker in the value of a record.
    ///
    /// @throws RuntimeException if the value is none
    static Marker read(String value) {
        JsonNode marker = JsonMapper.shared().readTree(value);
        return new Marker(marker.required("generation").longValue(),
                State.valueOf(marker.required("state").stringValue()),
                marker.required("couriers").longValue(), marker.required("systemId").stringValue(),
                marker.required("timeline").intValue(), Instant.parse(marker.required("at").stringValue()));
    }

    /// `COMPLETE` follows the last snapshot row.
    enum State {
        BUILDING, COMPLETE
    }
}
