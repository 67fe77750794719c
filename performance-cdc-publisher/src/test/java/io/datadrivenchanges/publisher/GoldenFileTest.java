package io.datadrivenchanges.publisher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GoldenFileTest {
    private static final Path FILE = Path.of("../docs/topic/courier-performance.jsonl");
    private static final long GENERATION = 1767225600;
    private static final String SYSTEM = "7591837462910384756";
    private static final List<SourceRecord> CHANGES = List.of(
            Records.snapshot(1, "NORMAL", 1, "2025-12-31T23:59:59.999999Z"),
            Records.snapshot(42, "HIGH", 6, "2025-12-31T13:00:00+01:00"),
            Records.heartbeat(8812, "2026-01-01T00:00:01.500123Z"),
            Records.change("u", 42, "OUTSTANDING", 7, "2026-01-01T00:00:02.000001Z", "2026-01-01T00:00:02.000412Z"),
            Records.change("c", Long.MAX_VALUE, "NORMAL", 1, "2026-01-01T00:00:03.100Z",
                    "2026-01-01T00:00:03.100256Z"));

    @Test
    void writesExactlyTheAgreedRecords() throws IOException {
        List<TopicRecord> written = new ArrayList<>(CHANGES.stream().map(GoldenFileTest::shaped).toList());
        written.add(0, marker(Marker.State.BUILDING, 0, "2026-01-01T00:00:00Z"));
        written.add(3, marker(Marker.State.COMPLETE, 2, "2026-01-01T00:00:01.25Z"));

        assertThat(written).isEqualTo(agreed());
    }

    @Test
    void writesTheSameRecordsFromInsideKafkaConnect() throws IOException {
        try (var transformation = new CourierPerformanceRecords()) {
            transformation.configure(Map.of("generation", Long.toString(GENERATION), "publisher", "publisher-1"));

            assertThat(CHANGES.stream().map(transformation::apply).map(Objects::requireNonNull))
                    .allMatch(it -> it.topic().equals("courier-performance"))
                    .extracting(it -> new TopicRecord((String) it.key(), (String) it.value()))
                    .isEqualTo(agreed().stream().filter(it -> !it.key().equals(TopicRecord.MARKER_KEY)).toList());
            assertThat(transformation.apply(new SourceRecord(Map.of(), Map.of(), "x", Schema.STRING_SCHEMA, "x")))
                    .as("of no use to readers").isNull();
            assertThatThrownBy(() -> transformation.apply(Records.removal("d"))).isInstanceOf(DataException.class)
                    .hasMessageContaining("generation");
        }
    }

    @Test
    void readsItsOwnMarkers() throws IOException {
        List<TopicRecord> markers = agreed().stream().filter(it -> it.key().equals(TopicRecord.MARKER_KEY)).toList();

        assertThat(markers).hasSize(2)
                .allSatisfy(it -> assertThat(TopicRecord.of(Marker.read(it.value()))).isEqualTo(it));
    }

    @Test
    void readsMarkersThatGiveNoReasonOrOneThatItDoesNotKnow() {
        String marker = marker(Marker.State.COMPLETE, 2, "2026-01-01T00:00:01.25Z").value();

        assertThat(Marker.read(marker.replace(",\"reason\":\"no-marker\"", "")).reason()).isNull();
        assertThat(Marker.read(marker.replace("no-marker", "later")).reason()).isNull();
    }

    private static TopicRecord marker(Marker.State state, long couriers, String at) {
        return TopicRecord.of(new Marker(GENERATION, state, couriers, SYSTEM, 1, Reason.NO_MARKER, Instant.parse(at)));
    }

    private static TopicRecord shaped(SourceRecord record) {
        return switch (ChangeMapper.read(record)) {
            case Change.Courier courier -> TopicRecord.of(courier, GENERATION);
            case Change.Heartbeat heartbeat -> TopicRecord.of(heartbeat, GENERATION, "publisher-1");
            case Change.Removal removal -> throw new AssertionError(removal);
            case Change.Irrelevant irrelevant -> throw new AssertionError(irrelevant);
        };
    }

    private static List<TopicRecord> agreed() throws IOException {
        return Files.readAllLines(FILE).stream().map(line -> {
            JsonNode record = JsonMapper.shared().readTree(line);
            return new TopicRecord(record.required("key").stringValue(), record.required("value").stringValue());
        }).toList();
    }
}
