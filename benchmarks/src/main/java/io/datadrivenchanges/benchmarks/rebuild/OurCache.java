package io.datadrivenchanges.benchmarks.rebuild;

import java.time.Duration;

import io.datadrivenchanges.cache.KafkaPerformanceCache;
import io.datadrivenchanges.cache.Lookup;
import org.jspecify.annotations.Nullable;

/// The cache of this project, from its start until it is ready. Only the age that it accepts is longer: the topic's one
/// heartbeat is written before the first round.
final class OurCache implements LocalTable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration AGE_OF_THE_HEARTBEAT = Duration.ofHours(1);

    private final CourierTopic topic;
    private @Nullable KafkaPerformanceCache cache;

    OurCache(CourierTopic topic) {
        this.topic = topic;
    }

    @Override
    public void rebuild() throws InterruptedException {
        var starting = KafkaPerformanceCache.builder().bootstrapServers(topic.bootstrapServers())
                .topic(CourierTopic.NAME).maxStaleness(AGE_OF_THE_HEARTBEAT).start();
        cache = starting;
        if (!starting.awaitVersion(topic.couriers(), 1, LIMIT)) {
            throw new IllegalStateException("The cache did not become ready: " + starting.status());
        }
    }

    @Override
    public long version(long courierId) {
        return cache != null && cache.lookup(courierId) instanceof Lookup.Known known ? known.version() : 0;
    }

    @Override
    public void close() {
        if (cache != null) {
            cache.close();
        }
    }
}
