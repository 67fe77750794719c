package io.datadrivenchanges.publisher;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Records as the change engine makes them.
final class Records {
    private static final Schema COURIER = SchemaBuilder.struct().optional()
            .field("courier_id", Schema.INT64_SCHEMA)
            .field("performance", Schema.STRING_SCHEMA)
            .field("version", Schema.INT64_SCHEMA)
            .field("updated_at", Schema.STRING_SCHEMA).build();
    private static final Schema HEARTBEAT = SchemaBuilder.struct().optional()
            .field("id", Schema.INT16_SCHEMA)
            .field("beat", Schema.INT64_SCHEMA)
            .field("beat_at", Schema.STRING_SCHEMA).build();
    private static final Schema SOURCE = SchemaBuilder.struct()
            .field("table", Schema.STRING_SCHEMA)
            .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
            .field("ts_us", Schema.OPTIONAL_INT64_SCHEMA)
            .field("snapshot", SchemaBuilder.string().optional().defaultValue("false").build()).build();

    private Records() {}

    static SourceRecord snapshot(long courier, String performance, long version, String updatedAt) {
        return record("courier_performance", "r", courier(courier, performance, version, updatedAt),
                Instant.EPOCH, "last", Map.of("lsn", 90L));
    }

    static SourceRecord change(String operation, long courier, String performance, long version, String updatedAt,
            String committedAt) {
        return record("courier_performance", operation, courier(courier, performance, version, updatedAt),
                Instant.parse(committedAt), null, Map.of("lsn", 120L, "lsn_proc", 110L, "lsn_commit", 100L));
    }

    static SourceRecord heartbeat(long beat, String committedAt) {
        Struct row = new Struct(HEARTBEAT).put("id", (short) 1).put("beat", beat).put("beat_at",
                "2026-01-01T00:00:00Z");
        return record("cdc_heartbeat", "u", row, Instant.parse(committedAt), null,
                Map.of("lsn", 130L, "lsn_proc", 110L));
    }

    static SourceRecord removal(String operation) {
        return record("courier_performance", operation, null, Instant.EPOCH, null, Map.of("lsn_commit", 100L));
    }

    /// A change of a courier table that lacks what the publication has to publish.
    static SourceRecord withoutAColumn() {
        Struct row = new Struct(SchemaBuilder.struct().optional().field("courier_id", Schema.INT64_SCHEMA).build())
                .put("courier_id", 1L);
        return record("courier_performance", "u", row, Instant.EPOCH, null, Map.of("lsn_commit", 100L));
    }

    private static Struct courier(long courier, String performance, long version, String updatedAt) {
        return new Struct(COURIER).put("courier_id", courier).put("performance", performance).put("version", version)
                .put("updated_at", OffsetDateTime.parse(updatedAt).withOffsetSameInstant(ZoneOffset.UTC).toString());
    }

    private static SourceRecord record(String table, String operation, @Nullable Struct after, Instant committedAt,
            @Nullable String snapshot, Map<String, Long> offset) {
        Struct source = new Struct(SOURCE).put("table", table).put("lsn", 120L)
                .put("ts_us", ChronoUnit.MICROS.between(Instant.EPOCH, committedAt)).put("snapshot", snapshot);
        Schema envelope = SchemaBuilder.struct()
                .field("after", after == null ? SchemaBuilder.struct().optional().build() : after.schema())
                .field("source", SOURCE)
                .field("op", Schema.STRING_SCHEMA).build();
        Struct value = new Struct(envelope).put("after", after).put("source", source).put("op", operation);
        return new SourceRecord(Map.of("server", "source"), new HashMap<>(offset), "source.public." + table, envelope,
                value);
    }
}
