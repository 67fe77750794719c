package io.datadrivenchanges.publisher;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/// How the publisher reads its topic: all partitions, in no group, from where it seeks to.
final class TopicConsumer {
    private TopicConsumer() {}

    /// Opens one, which is the caller's to close.
    ///
    /// @param kafka       address and security
    /// @param isolation   whether it sees what was not committed
    /// @param answerLimit of each question
    static KafkaConsumer<String, String> open(Map<String, Object> kafka, PublisherProperties.Topic topic,
            IsolationLevel isolation, Duration answerLimit) {
        var settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation.toString());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        settings.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, Math.toIntExact(answerLimit.toMillis()));
        var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        consumer.assign(IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition)).toList());
        return consumer;
    }
}
