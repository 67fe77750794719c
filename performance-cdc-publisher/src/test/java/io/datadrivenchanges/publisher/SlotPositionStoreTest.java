package io.datadrivenchanges.publisher;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SlotPositionStoreTest {
    private static final ByteBuffer KEY = bytes("key");

    private final SlotPositionStore store = new SlotPositionStore();

    @AfterEach
    void stop() {
        store.stop();
    }

    @Test
    void answersWithTheSlotUntilSomethingIsMarked() throws Exception {
        start(Map.of(SlotPositionStore.POSITION, "4711"));

        // The engine reads the array behind the buffer.
        assertThat(store.get(List.of(KEY)).get().values()).singleElement().extracting(ByteBuffer::array)
                .isEqualTo(bytes("{\"lsn\":4711,\"lsn_commit\":4711,\"ts_usec\":0}").array());

        store.set(Map.of(KEY, bytes("marked")), null).get();
        assertThat(store.get(List.of(KEY)).get()).containsExactly(Map.entry(KEY, bytes("marked")));
    }

    @Test
    void knowsNothingWithoutASlot() throws Exception {
        start(Map.of());

        assertThat(store.get(List.of(KEY)).get()).isEmpty();
    }

    private void start(Map<String, String> settings) {
        var all = new HashMap<>(settings);
        all.putAll(Map.of("bootstrap.servers", "127.0.0.1:1", "offset.storage.file.filename", "none", "key.converter",
                "org.apache.kafka.connect.json.JsonConverter", "value.converter",
                "org.apache.kafka.connect.json.JsonConverter"));
        WorkerConfig config = new StandaloneConfig(all);
        store.configure(config);
        store.start();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
