package io.datadrivenchanges.benchmarks.rebuild;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

import io.kcache.KafkaCache;
import io.kcache.KafkaCacheConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/// kcache with its map in memory, which holds what our cache holds, decoded by hand.
final class KcacheTable implements LocalTable {
    /// Stands for the keys of markers and heartbeats.
    private static final long NO_COURIER = 0;
    private static final Courier NOBODY = new Courier(0, 0, (byte) 0);

    private final KafkaCache<Long, Courier> cache;

    KcacheTable(CourierTopic topic) {
        Map<String, String> settings = new HashMap<>();
        CourierTopic.READING.forEach((name, value) -> settings.put("kafkacache." + name, value.toString()));
        settings.put(KafkaCacheConfig.KAFKACACHE_BOOTSTRAP_SERVERS_CONFIG, topic.bootstrapServers());
        settings.put(KafkaCacheConfig.KAFKACACHE_TOPIC_CONFIG, CourierTopic.NAME);
        settings.put(KafkaCacheConfig.KAFKACACHE_TOPIC_READ_ONLY_CONFIG, "true");
        settings.put(KafkaCacheConfig.KAFKACACHE_BACKING_CACHE_CONFIG, "memory");
        cache = new KafkaCache<>(new KafkaCacheConfig(settings),
                readOnly((_, key) -> HandDecoding.isControl(key) ? NO_COURIER : HandDecoding.courierId(key)),
                readOnly((_, value) -> HandDecoding.isCourier(value) ? HandDecoding.courier(value) : NOBODY));
    }

    private static <T> Serde<T> readOnly(Deserializer<T> deserializer) {
        return Serdes.serdeFrom((_, _) -> {
            throw new UnsupportedOperationException("nothing is written");
        }, deserializer);
    }

    @Override
    public void rebuild() {
        cache.init();
    }

    @Override
    public long version(long courierId) {
        Courier courier = cache.get(courierId);
        return courier == null ? 0 : courier.version();
    }

    @Override
    public void close() {
        try {
            cache.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
