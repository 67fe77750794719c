package io.datadrivenchanges.publisher;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// One record of the topic as text. The form is pinned by `docs/topic/courier-performance.jsonl`: field order, no blanks, UTC with
/// six digits of fraction. Texts are plain ASCII without anything to escape. Immutable.
record TopicRecord(String key, String value) {
    static final String HEARTBEAT_KEY = "@heartbeat";
    static final String MARKER_KEY = "@generation";
    private static final int NANOS_PER_MICRO = 1_000;

    static TopicRecord of(Change.Courier courier, long generation) {
        var value = new StringBuilder(192).append("{\"schema\":1,\"generation\":").append(generation)
                .append(",\"courierId\":").append(courier.courierId())
                .append(",\"performance\":\"").append(courier.performance())
                .append("\",\"version\":").append(courier.version())
                .append(",\"updatedAt\":\"").append(text(courier.updatedAt())).append('"');
        Instant committedAt = courier.committedAt();
        if (committedAt != null) {
            value.append(",\"committedAt\":\"").append(text(committedAt)).append('"');
        }
        return new TopicRecord(Long.toString(courier.courierId()), value.append('}').toString());
    }

    static TopicRecord of(Change.Heartbeat heartbeat, long generation, String publisher) {
        return new TopicRecord(HEARTBEAT_KEY, "{\"schema\":1,\"generation\":" + generation
                + ",\"beat\":" + heartbeat.beat()
                + ",\"committedAt\":\"" + text(heartbeat.committedAt())
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
                + ",\"at\":\"" + text(marker.at()) + "\"}");
    }

    /// `2026-01-02T03:04:05.678901Z`, by hand and not by a formatter, as it stands twice on the way of each change.
    private static CharSequence text(Instant instant) {
        LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        var text = new StringBuilder(27);
        digits(text, time.getYear(), 4).append('-');
        digits(text, time.getMonthValue(), 2).append('-');
        digits(text, time.getDayOfMonth(), 2).append('T');
        digits(text, time.getHour(), 2).append(':');
        digits(text, time.getMinute(), 2).append(':');
        digits(text, time.getSecond(), 2).append('.');
        return digits(text, time.getNano() / NANOS_PER_MICRO, 6).append('Z');
    }

    /// @param number not negative
    private static StringBuilder digits(StringBuilder text, int number, int count) {
        String digits = Integer.toString(number);
        return text.repeat('0', Math.max(0, count - digits.length())).append(digits);
    }
}
