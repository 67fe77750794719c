package io.datadrivenchanges.e2e;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

import io.datadrivenchanges.cache.AppliedListener;
import io.datadrivenchanges.cache.CacheStatus;
import io.datadrivenchanges.cache.KafkaPerformanceCache;
import io.datadrivenchanges.cache.Lookup;
import io.datadrivenchanges.cache.PerformanceCacheMeters;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// The cache that Payments has, in this process, where everything it says can be watched: a version that falls, or a level
/// that is not the version's, is noted the moment it is seen.
final class WatchedCache implements AutoCloseable, AppliedListener {
    private static final long LOOK_NANOS = Duration.ofMillis(1).toNanos();

    private final KafkaPerformanceCache cache;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Map<Long, Long> seen = new ConcurrentHashMap<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private final List<Long> couriers;
    private final Thread thread = Thread.ofPlatform().daemon().name("cache-watcher").unstarted(this::look);
    private volatile boolean closing;

    private WatchedCache(KafkaPerformanceCache cache, List<Long> couriers) {
        this.cache = cache;
        this.couriers = List.copyOf(couriers);
        cache.onApplied(this);
        new PerformanceCacheMeters(cache).bindTo(meters);
    }

    /// Starts a cache from scratch.
    ///
    /// @param couriers whom to look up all the time
    static WatchedCache start(String kafka, int partitions, List<Long> couriers) {
        var watched = new WatchedCache(
                KafkaPerformanceCache.builder().bootstrapServers(kafka).partitions(partitions).start(), couriers);
        watched.thread.start();
        return watched;
    }

    KafkaPerformanceCache cache() {
        return cache;
    }

    CacheStatus status() {
        return cache.status();
    }

    @Override
    public void applied(long courierId, long oldVersion, long newVersion, @Nullable Instant committedAt,
            long nanoTime) {
        if (newVersion <= oldVersion) {
            violations.add("courier " + courierId + " was changed from version " + oldVersion + " to " + newVersion);
        }
    }

    private void look() {
        while (!closing) {
            for (long courier : couriers) {
                if (cache.lookup(courier) instanceof Lookup.Known known) {
                    note(courier, known);
                }
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void note(long courier, Lookup.Known known) {
        Long before = seen.put(courier, known.version());
        if (before != null && known.version() < before) {
            violations.add("courier " + courier + " went back from version " + before + " to " + known.version());
        }
        if (!known.level().name().equals(Level.ofVersion(known.version()).name())) {
            violations.add("courier " + courier + " is " + known.level() + " in version " + known.version());
        }
    }

    /// Waits until every courier is known in exactly these versions.
    void awaitVersions(String what, Map<Long, Long> versions, Duration limit) {
        await(what).atMost(limit).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(versionsOf(versions)).as("%s", status()).isEqualTo(versions));
    }

    private Map<Long, Long> versionsOf(Map<Long, Long> wanted) {
        var versions = new TreeMap<Long, Long>();
        for (long courier : wanted.keySet()) {
            if (cache.lookup(courier) instanceof Lookup.Known known) {
                versions.put(courier, known.version());
            }
        }
        return versions;
    }

    /// Fails if a version ever fell, a level was not its version's, or a record was counted twice or not at all.
    void assertFaultless() {
        assertThat(violations).as("what no reader may see").isEmpty();
        await("every record is counted once").atMost(Limits.COUNTED).untilAsserted(() -> assertThat(count("read"))
                .isEqualTo(count("applied") + count("ignored") + count("poisoned") + count("control")));
        assertThat(count("poisoned")).as("records that could not be understood").isZero();
    }

    private double count(String name) {
        return meters.get("performance.cache." + name).functionCounters().stream().mapToDouble(FunctionCounter::count)
                .sum();
    }

    @Override
    public void close() {
        closing = true;
        cache.close();
    }
}
