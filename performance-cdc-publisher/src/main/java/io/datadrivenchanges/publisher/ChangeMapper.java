package io.datadrivenchanges.publisher;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;

import io.datadrivenchanges.publisher.Change.Position;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/// Reads the change engine's records. Pure; stateless.
final class ChangeMapper {
    /// The engine's name for the database; nobody outside sees it.
    static final String SOURCE = "source";
    static final String COURIERS = "courier_performance";
    static final String HEARTBEAT = "cdc_heartbeat";
    private static final String DELETE = "d";
    private static final String TRUNCATE = "t";
    private static final long MICROS = 1_000_000;

    private ChangeMapper() {}

    /// What `record` means.
    ///
    /// @throws org.apache.kafka.connect.errors.DataException if a published column is missing
    static Change read(SourceRecord record) {
        if (!(record.value() instanceof Struct envelope) || envelope.schema().field("source") == null) {
            return new Change.Irrelevant(new Position(confirms(record.sourceOffset()), 0, "", false));
        }
        Struct source = envelope.getStruct("source");
        String operation = envelope.getString("op");
        String snapshot = source.getString("snapshot");
        Long lsn = source.getInt64("lsn");
        var position = new Position(confirms(record.sourceOffset()), lsn == null ? 0 : lsn, operation,
                snapshot != null && !snapshot.equals("false"));
        boolean removal = operation.equals(DELETE) || operation.equals(TRUNCATE);
        return switch (source.getString("table")) {
            case COURIERS -> removal ? removal(position) : courier(position, envelope.getStruct("after"), source);
            case HEARTBEAT -> removal
                    ? new Change.Irrelevant(position)
                    : new Change.Heartbeat(position, envelope.getStruct("after").getInt64("beat"), committedAt(source));
            default -> new Change.Irrelevant(position);
        };
    }

    private static Change removal(Position position) {
        return new Change.Removal(position,
                position.operation().equals(DELETE) ? Reason.ROW_DELETED : Reason.TABLE_TRUNCATED);
    }

    private static Change courier(Position position, Struct row, Struct source) {
        return new Change.Courier(position, row.getInt64("courier_id"), row.getString("performance"),
                row.getInt64("version"), OffsetDateTime.parse(row.getString("updated_at")).toInstant(),
                position.snapshot() ? null : committedAt(source));
    }

    /// What the engine would confirm to the slot for this offset; of a snapshot row it confirms nothing, so the slot stays
    /// where it was created, which is the row's own position.
    private static long confirms(Map<String, ?> offset) {
        for (String key : new String[]{"lsn_commit", "lsn_proc", "lsn"}) {
            if (offset.get(key) instanceof Number position) {
                return position.longValue();
            }
        }
        return 0;
    }

    private static Instant committedAt(Struct source) {
        long micros = source.getInt64("ts_us");
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000);
    }
}
