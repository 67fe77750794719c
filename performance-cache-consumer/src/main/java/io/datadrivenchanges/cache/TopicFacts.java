package io.datadrivenchanges.cache;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/// What has to be known of a topic before it is read, and looked at again while it is. Immutable.
///
/// @param id another one means that the topic was created again
/// @param partitions their number
/// @param cleanupPolicy null where it was not asked for, or this client may read the topic, but not its settings
record TopicFacts(Uuid id, int partitions, @Nullable String cleanupPolicy) {

    /// Asks the broker which topic this is, without waiting: all that is needed to begin, without the settings. The answer
    /// fails with Kafka's own exception.
    ///
    /// @param limit after which it fails at the latest
    static CompletableFuture<TopicFacts> askWhich(Admin admin, String topic, Duration limit) {
        return description(admin, topic, limit)
                .thenApply(found -> new TopicFacts(found.topicId(), found.partitions().size(), null))
                .toCompletableFuture();
    }

    /// Asks the broker for everything, without waiting. The answer fails with Kafka's own exception.
    ///
    /// @param limit after which it fails at the latest
    static CompletableFuture<TopicFacts> ask(Admin admin, String topic, Duration limit) {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        var options = new DescribeConfigsOptions().timeoutMs((int) limit.toMillis());
        CompletionStage<Optional<String>> policy = Objects.requireNonNull(
                admin.describeConfigs(List.of(resource), options).values().get(resource))
                .toCompletionStage()
                .thenApply(settings -> Optional.ofNullable(settings.get(TopicConfig.CLEANUP_POLICY_CONFIG))
                        .map(ConfigEntry::value))
                .exceptionally(TopicFacts::noneIfNotAllowed);
        return description(admin, topic, limit).thenCombine(policy,
                (found, cleanup) -> new TopicFacts(found.topicId(), found.partitions().size(), cleanup.orElse(null)))
                .toCompletableFuture();
    }

    private static CompletionStage<TopicDescription> description(Admin admin, String topic, Duration limit) {
        var options = new DescribeTopicsOptions().timeoutMs((int) limit.toMillis());
        return Objects.requireNonNull(admin.describeTopics(List.of(topic), options).topicNameValues().get(topic))
                .toCompletionStage();
    }

    private static Optional<String> noneIfNotAllowed(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        if (cause instanceof AuthorizationException) {
            return Optional.empty();
        }
        throw new CompletionException(cause);
    }

    /// Why the topic must not be read, as a sentence; null if it may. With another number of partitions couriers may have
    /// moved, and without compaction they disappear after a while.
    @Nullable
    String objection(String topic, int configuredPartitions) {
        if (partitions != configuredPartitions) {
            return "topic " + topic + " has " + partitions + " partitions, performance.cache.partitions says "
                    + configuredPartitions;
        }
        if (cleanupPolicy != null && !cleanupPolicy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            return "topic " + topic + " has cleanup.policy=" + cleanupPolicy + ", which loses couriers; it has to be "
                    + TopicConfig.CLEANUP_POLICY_COMPACT;
        }
        return null;
    }
}
