package io.datadrivenchanges.cache;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.common.protocol.ApiKeys;

/// The [PerformanceCache] that is fed by the change topic. Thread-safe; needs no Spring.
///
/// It owns one daemon thread that reads all partitions from the beginning and then follows. Starting it never waits and
/// never fails because of Kafka: until the copy is complete every lookup says that it is not known.
///
/// ```java
/// try (var cache = KafkaPerformanceCache.builder().bootstrapServers("127.0.0.1:19092").start()) {
///     switch (cache.lookup(42)) {
///         case Lookup.Known known -> pay(known.level());
///         case Lookup.Absent _, Lookup.Unknown _ -> askIncentives();
///     }
/// }
/// ```
public final class KafkaPerformanceCache implements PerformanceCache, AutoCloseable {
    private final Counts counts = new Counts();
    private final Waiters waiters = new Waiters();
    private final LocalCopy copy;
    private final TopicReader reader;

    private KafkaPerformanceCache(Builder settings) {
        loadProtocol();
        copy = new LocalCopy(settings.partitions, settings.maxStaleness, settings.clockError, InstantSource.system(),
                System::nanoTime, counts);
        reader = new TopicReader(settings.topic, settings.partitions, settings.topicCheckInterval, settings.client,
                new PinnedRecordDecoder(), copy, counts, waiters, System::nanoTime);
        reader.start();
    }

    /// Kafka's client needs the several hundred classes of its protocol for its first request. Loaded beside the rest of a start, on a daemon
    /// thread that ends with it, they do not hold it up.
    private static void loadProtocol() {
        Thread.ofPlatform().daemon().name("performance-cache-protocol").start(ApiKeys::values);
    }

    /// A cache with the defaults of the properties `performance.cache.*`.
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Lookup lookup(long courierId) {
        return copy.lookup(courierId);
    }

    @Override
    public CacheStatus status() {
        return reader.status();
    }

    @Override
    public Consistency consistency() {
        return copy.consistency();
    }

    @Override
    public Optional<Couriers> couriers() {
        return copy.couriers();
    }

    /// Waits until a lookup knows this version of the courier or a higher one: reads your own write.
    ///
    /// @param timeout how long at most; zero only looks
    /// @return whether it is known
    /// @throws InterruptedException if the waiting thread is interrupted
    public boolean awaitVersion(long courierId, long version, Duration timeout) throws InterruptedException {
        return waiters.await(
                () -> copy.peek(courierId) instanceof Lookup.Known known && known.version() >= version, timeout);
    }

    /// Adds a listener that hears of each change when it becomes visible.
    ///
    /// @return removes the listener
    public Registration onApplied(AppliedListener listener) {
        copy.listen(listener);
        return () -> copy.forget(listener);
    }

    /// Ends the thread within 5 s; from then on every lookup says that the cache is stopped. Safe to be repeated.
    @Override
    public void close() {
        reader.close();
    }

    Counts counts() {
        return counts;
    }

    /// Seconds that the latest start or rebuild took until the first answer, NaN before.
    double rebuildSeconds() {
        return reader.rebuildSeconds();
    }

    /// Removes what was added; does nothing the second time.
    @FunctionalInterface
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /// Settings of a cache. Confined to one thread.
    public static final class Builder {
        private final Map<String, Object> client = new HashMap<>();
        private String topic = "courier-performance";
        private int partitions = 1;
        private Duration maxStaleness = Duration.ofSeconds(3);
        private Duration clockError = Duration.ZERO;
        private Duration topicCheckInterval = Duration.ofSeconds(10);

        private Builder() {}

        /// Where Kafka is: `host:port`, separated by commas.
        public Builder bootstrapServers(String servers) {
            client.put("bootstrap.servers", servers);
            return this;
        }

        /// How to connect: Kafka's own settings for security, sockets and back-off. What decides how the topic is read
        /// (group, offsets, isolation, deserializers) is fixed and overrides what is given here.
        public Builder clientSettings(Map<String, Object> settings) {
            client.putAll(settings);
            return this;
        }

        /// Name of the topic; default `courier-performance`.
        public Builder topic(String name) {
            topic = name;
            return this;
        }

        /// Number of partitions that the topic has; default 1. A topic with another number is refused.
        public Builder partitions(int number) {
            partitions = within("partitions", number, number >= 1);
            return this;
        }

        /// Staleness bound above which nothing is answered; positive, default 3 s.
        public Builder maxStaleness(Duration bound) {
            maxStaleness = within("maxStaleness", bound, bound.isPositive());
            return this;
        }

        /// How far the clocks of this host and the database may differ, added to the bound; default 0.
        public Builder clockError(Duration error) {
            clockError = within("clockError", error, !error.isNegative());
            return this;
        }

        /// How often to look whether the topic is still the same one; positive, default 10 s.
        public Builder topicCheckInterval(Duration interval) {
            topicCheckInterval = within("topicCheckInterval", interval, interval.isPositive());
            return this;
        }

        /// Starts the thread and returns at once.
        public KafkaPerformanceCache start() {
            if (!client.containsKey("bootstrap.servers")) {
                throw new IllegalStateException("bootstrapServers is missing");
            }
            return new KafkaPerformanceCache(this);
        }

        private static <T> T within(String name, T value, boolean valid) {
            if (!valid) {
                throw new IllegalArgumentException(name + " is out of range: " + value);
            }
            return value;
        }
    }
}
