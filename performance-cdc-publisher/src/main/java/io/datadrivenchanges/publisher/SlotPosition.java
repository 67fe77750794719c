package io.datadrivenchanges.publisher;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;

/// Makes the replication slot the engine's only resume position: until something is marked, every question is answered with the
/// slot's position, and what is marked is what the engine confirms to the slot. Nothing outlives the engine. Without `lsn_proc` in
/// the first answer the engine neither searches nor filters, and PostgreSQL sends each transaction that was committed at or after
/// the position. Thread-safe.
final class SlotPosition implements OffsetStorageReader {
    private volatile @Nullable Map<String, ?> offset;

    /// @param position of the slot; empty lets the engine create the slot and take a snapshot
    SlotPosition(OptionalLong position) {
        offset = position.isEmpty()
                ? null
                : Map.of("lsn", position.getAsLong(), "lsn_commit", position.getAsLong(), "ts_usec", 0L);
    }

    /// From now on the engine confirms this offset of one of its records.
    void mark(Map<String, ?> offset) {
        this.offset = offset;
    }

    @Override
    @SuppressWarnings("NullAway") // the interface says null where there is no offset
    public <T> Map<String, Object> offset(Map<String, T> partition) {
        Map<String, ?> current = offset;
        return current == null ? null : new HashMap<>(current);
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
        var offsets = new HashMap<Map<String, T>, Map<String, Object>>();
        for (Map<String, T> partition : partitions) {
            Map<String, Object> current = offset(partition);
            if (current != null) {
                offsets.put(partition, current);
            }
        }
        return offsets;
    }
}
