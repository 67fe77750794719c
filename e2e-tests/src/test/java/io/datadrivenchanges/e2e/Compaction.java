package io.datadrivenchanges.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Makes the broker compact the topic now, which it otherwise does minutes later, so that a reader from scratch sees nothing
/// but the last record of each key.
final class Compaction implements AutoCloseable {
    private static final ConfigResource TOPIC = new ConfigResource(ConfigResource.Type.TOPIC, "courier-performance");
    private static final ConfigResource ALL_BROKERS = new ConfigResource(ConfigResource.Type.BROKER, "");
    private static final Map<String, String> AT_ONCE = Map.of("segment.ms", "100", "min.compaction.lag.ms", "0",
            "min.cleanable.dirty.ratio", "0");
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Admin admin;
    private final Topic topic;

    /// Tells the broker to look often for something to compact, as long as it keeps its data.
    Compaction(String kafka) {
        admin = Admin.create(Map.of("bootstrap.servers", kafka));
        topic = new Topic(kafka);
        set(ALL_BROKERS, Map.of("log.cleaner.backoff.ms", "300"));
    }

    /// Returns when the topic holds exactly one record of each courier. Nobody may change a courier meanwhile; the publisher's
    /// heartbeats have to go on, since a segment is closed by the record behind it.
    void force() {
        Map<String, String> before = topicSettings();
        set(TOPIC, AT_ONCE);
        try {
            await("the topic is compacted").atMost(LIMIT).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
                List<Long> couriers = topic.changes().stream().map(Topic.Change::courierId).toList();
                assertThat(couriers).doesNotHaveDuplicates();
            });
        } finally {
            set(TOPIC, before);
        }
    }

    private Map<String, String> topicSettings() {
        Config config = answer(admin.describeConfigs(List.of(TOPIC)).all()).values().iterator().next();
        return AT_ONCE.keySet().stream().collect(Collectors.toMap(name -> name, name -> config.get(name).value()));
    }

    private void set(ConfigResource resource, Map<String, String> settings) {
        Collection<AlterConfigOp> changes = new ArrayList<>();
        settings.forEach(
                (name, value) -> changes
                        .add(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
        answer(admin.incrementalAlterConfigs(Map.of(resource, changes)).all());
    }

    private static <T> T answer(org.apache.kafka.common.KafkaFuture<T> future) {
        try {
            return future.get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the broker did not do it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the broker", e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
