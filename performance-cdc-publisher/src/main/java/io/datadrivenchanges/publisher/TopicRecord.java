package io.datadrivenchanges.publisher;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// One record of the topic as text. The form is pinned by `docs/topic/courier-performance.jsonl`: field order, no blanks, UTC with
/// six digits of fraction. Texts are plain ASCII without anything to escape. Immutable.
record TopicRecord(String key, String value) {
    static final String HEARTBEAT_KEY = "@heartbeat";
    static final String MARKER_KEY = "@generation";
    private static final DateTimeFormatter INSTANT = DateTimeFormatter
            .ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    static TopicRecord of(Change.Courier courier, long generation) {
        var value = new StringBuilder(192).append("{\"schema\":1,\"generation\":").append(generation)
                .append(",\"courierId\":").append(courier.courierId())
                .append(",\"performance\":\"").append(courier.performance())
                .append("\",\"version\":").append(courier.version())
                .append(",\"updatedAt\":\"").append(INSTANT.format(courier.updatedAt())).append('"');
        Instant committedAt = courier.committedAt();
        if (committedAt != null) {
            value.append(",\"committedAt\":\"").append(INSTANT.format(committedAt)).append('"');
        }
        return new TopicRecord(Long.toString(courier.courierId()), value.append('}').toString());
    }

    static TopicRecord of(Change.Heartbeat heartbeat, long generation, String publisher) {
        return new TopicRecord(HEARTBEAT_KEY, "{\"schema\":1,\"generation\":" + generation
                + ",\"beat\":" + heartbeat.beat()
                + ",\"committedAt\":\"" + INSTANT.format(heartbeat.committedAt())
                + "\",\"publisher\":\"" + publisher + "\"}");
    }

    static TopicRecord of(Marker marker) {
        Reason reason = marker.reason();
        return new TopicRecord(MARKER_KEY, "{\"schema\":1,\"generation\":" + marker.generation()
                + ",\"state\":\"" + marker.state()
                + "\",\"couriers\":" + marker.couriers()
                + ",\"systemId\":\"" + marker.systemId()
                + "\",\"timeline\":" + marker.timeline()
                + (reason == null ? "" : ",\"reason\":\"" + reason.tag() + '"')
                + ",\"at\":\"" + INSTANT.format(marker.at()) + "\"}");
    }
}
