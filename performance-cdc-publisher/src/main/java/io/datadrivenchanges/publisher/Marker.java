package io.datadrivenchanges.publisher;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Begin or end of one generation in one partition. Immutable.
///
/// @param generation rises with every snapshot, even across a wiped broker
/// @param couriers   keys of this partition in the snapshot; 0 while building
/// @param systemId   identifier of the database cluster that the generation was read from
/// @param timeline   its timeline
/// @param reason     why the generation was begun; `null` if its publisher did not say so
record Marker(long generation, State state, long couriers, String systemId, int timeline, @Nullable Reason reason,
        Instant at) {
    /// The marker in the value of a record.
    ///
    /// @throws RuntimeException if the value is none
    static Marker read(String value) {
        JsonNode marker = JsonMapper.shared().readTree(value);
        return new Marker(marker.required("generation").longValue(),
                State.valueOf(marker.required("state").stringValue()),
                marker.required("couriers").longValue(), marker.required("systemId").stringValue(),
                marker.required("timeline").intValue(), Reason.ofTag(marker.path("reason").asString("")),
                Instant.parse(marker.required("at").stringValue()));
    }

    /// When the generation was begun: its number, unless an earlier one came from the future.
    Instant begun() {
        return Instant.ofEpochSecond(generation);
    }

    /// `COMPLETE` follows the last snapshot row.
    enum State {
        BUILDING, COMPLETE
    }
}
