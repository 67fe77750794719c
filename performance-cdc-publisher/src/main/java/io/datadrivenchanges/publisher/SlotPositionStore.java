package io.datadrivenchanges.publisher;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;

import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;
import org.jspecify.annotations.Nullable;

/// Makes the replication slot the engine's only resume position: until the engine marks something itself, every question is
/// answered with the slot's position. Nothing outlives the engine. Without `lsn_proc` in the answer the engine neither searches
/// nor filters, and PostgreSQL sends each transaction that was committed at or after the position.
///
/// Public because the engine creates it by name.
public final class SlotPositionStore extends MemoryOffsetBackingStore {
    static final String POSITION = "performance.publisher.slot-position";

    private @Nullable ByteBuffer position;

    /// Called by the engine, which then calls [#configure].
    public SlotPositionStore() {}

    /// Takes the slot's position from the engine's properties; without one there is no position, and the engine takes a
    /// snapshot.
    @Override
    public void configure(WorkerConfig config) {
        super.configure(config);
        Object slot = config.originals().get(POSITION);
        if (slot != null) {
            String offset = "{\"lsn\":%1$s,\"lsn_commit\":%1$s,\"ts_usec\":0}".formatted(slot);
            position = ByteBuffer.wrap(offset.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> keys) {
        return executor.submit(() -> {
            var answers = new HashMap<ByteBuffer, ByteBuffer>();
            for (ByteBuffer key : keys) {
                ByteBuffer answer = data.getOrDefault(key, position);
                if (answer != null) {
                    answers.put(key, answer.duplicate());
                }
            }
            return answers;
        });
    }

    @Override
    public Set<Map<String, Object>> connectorPartitions(String connectorName) {
        return Set.of();
    }
}
