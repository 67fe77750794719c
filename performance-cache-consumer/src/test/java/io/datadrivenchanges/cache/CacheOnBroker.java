package io.datadrivenchanges.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

import static org.assertj.core.api.Assertions.assertThat;

/// Caches and writers of a topic that each test has for itself, on the broker of its class.
abstract class CacheOnBroker {
    static final Duration LIMIT = Duration.ofSeconds(60);
    /// Longer than any test.
    static final Duration FRESH = Duration.ofMinutes(4);

    final RunningBroker broker = RunningBroker.of(getClass());
    final List<AutoCloseable> open = new ArrayList<>();
    String topic = "";

    @BeforeEach
    void nameTopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName() + test.getDisplayName().replaceAll("\\W", "");
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open.reversed()) {
            closeable.close();
        }
    }

    final TopicWriter writer(int partitions, boolean transactional) {
        var writer = new TopicWriter(broker.address(), topic, partitions, transactional);
        open.add(writer);
        return writer;
    }

    final KafkaPerformanceCache start(int partitions, Duration maxStaleness) {
        var cache = KafkaPerformanceCache.builder().bootstrapServers(broker.address())
                .topic(topic).partitions(partitions).maxStaleness(maxStaleness)
                .topicCheckInterval(Duration.ofMillis(500)).start();
        open.add(cache);
        return cache;
    }

    static ConditionFactory await() {
        return Awaitility.await().atMost(LIMIT);
    }

    static void awaitDetail(KafkaPerformanceCache cache, String detail) {
        await().untilAsserted(() -> assertThat(cache.status().detail()).isEqualTo(detail));
    }

    static void assertUnknown(KafkaPerformanceCache cache, long courierId, Lookup.Reason reason) {
        assertThat(cache.lookup(courierId)).isEqualTo(new Lookup.Unknown(reason));
    }
}
