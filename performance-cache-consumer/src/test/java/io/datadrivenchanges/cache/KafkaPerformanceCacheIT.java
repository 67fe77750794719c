package io.datadrivenchanges.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The cache against a real broker.
class KafkaPerformanceCacheIT extends CacheOnBroker {

    @Test
    void isReadyOnlyWithACompleteGenerationAndAHeartbeat() throws InterruptedException {
        var writer = writer(1, false);
        var cache = start(FRESH);
        awaitDetail(cache, "waiting for topic " + topic + " to be created");
        assertUnknown(cache, 42, Lookup.Reason.STARTING);

        writer.create().building(5).change(5, 42, "HIGH", 7).flush();
        await().until(() -> cache.counts().read().sum() == 2);
        assertUnknown(cache, 42, Lookup.Reason.STARTING);

        writer.complete(5, 1).flush();
        await().until(() -> cache.status().state() == CacheState.DEGRADED);
        assertUnknown(cache, 42, Lookup.Reason.STALE);

        writer.heartbeat(5).flush();
        assertThat(cache.awaitVersion(42, 7, LIMIT)).isTrue();
        assertThat(cache.lookup(43)).isInstanceOf(Lookup.Absent.class);
        assertThat(cache.status().behind()).isZero();
        assertThat(cache.rebuildSeconds()).isPositive();
    }

    @Test
    void turnsStaleWithoutHeartbeatsAndRecovers() throws InterruptedException {
        var writer = writer(1, false).create().building(5).change(5, 42, "HIGH", 7).complete(5, 1).heartbeat(5);
        var cache = start(Duration.ofSeconds(2));
        writer.heartbeat(5).flush();
        assertThat(cache.awaitVersion(42, 7, LIMIT)).isTrue();

        await().untilAsserted(() -> assertUnknown(cache, 42, Lookup.Reason.STALE));
        assertThat(cache.status().state()).isEqualTo(CacheState.DEGRADED);

        writer.heartbeat(5).flush();
        assertThat(cache.awaitVersion(42, 7, LIMIT)).isTrue();
    }

    @Test
    void isNotHeldUpByHolesOfCompactionAndMarkersOfTransactions() throws InterruptedException {
        var writer = writer(1, true).createEager();
        writer.transaction(() -> writer.building(5).complete(5, 1), true);
        for (int version = 1; version <= 50; version++) {
            int current = version;
            writer.transaction(() -> writer.change(5, 42, "HIGH", current), true);
        }
        writer.transaction(() -> writer.heartbeat(5), true);
        writer.transaction(() -> writer.change(5, 43, "NORMAL", 1), false);
        await().until(() -> {
            writer.transaction(() -> writer.heartbeat(5), true);
            return coldStart().counts().read().sum() < 30;
        });

        var cache = coldStart();

        assertThat(cache.awaitVersion(42, 50, LIMIT)).isTrue();
        assertThat(cache.status().behind()).isZero();
    }

    private KafkaPerformanceCache coldStart() {
        var cache = start(FRESH);
        await().until(() -> cache.status().behind() == 0);
        return cache;
    }

    @Test
    void goesOnAfterTheBrokerWasKilled() throws InterruptedException {
        var writer = writer(1, false).create().building(5).change(5, 42, "HIGH", 7).complete(5, 1).heartbeat(5);
        writer.flush();
        var cache = start(FRESH);
        assertThat(cache.awaitVersion(42, 7, LIMIT)).isTrue();

        broker.kill();
        assertThat(cache.lookup(42)).isInstanceOf(Lookup.Known.class);
        var late = start(FRESH);
        awaitDetail(late, "waiting for Kafka at " + broker.address());
        assertUnknown(late, 42, Lookup.Reason.STARTING);
        broker.restart();
        writer.change(5, 42, "NORMAL", 8).flush();

        assertThat(cache.awaitVersion(42, 8, LIMIT)).isTrue();
        assertThat(late.awaitVersion(42, 8, LIMIT)).isTrue();
        assertThat(rebuilds(cache)).isZero();
    }

    @Test
    void readsATopicAnewThatWasCreatedAgain() throws InterruptedException {
        var writer = writer(1, false).create().building(5).change(5, 42, "HIGH", 7).change(5, 43, "HIGH", 9)
                .complete(5, 2).heartbeat(5);
        writer.flush();
        var cache = start(FRESH);
        assertThat(cache.awaitVersion(43, 9, LIMIT)).isTrue();

        writer.delete();
        await().until(() -> !writer.exists());
        writer.create().building(4).change(4, 42, "NORMAL", 2).complete(4, 1);
        for (int i = 0; i < 20; i++) {
            writer.heartbeat(4);
        }
        writer.flush();

        await().until(() -> cache.lookup(42) instanceof Lookup.Known known && known.version() == 2);
        assertThat(cache.lookup(43)).isInstanceOf(Lookup.Absent.class);
        assertThat(cache.status().generation()).isEqualTo(4);
        assertThat(rebuilds(cache)).isPositive();
    }

    @Test
    void quarantinesEachKindOfPoison() throws InterruptedException {
        var writer = writer(1, false).create().building(5);
        for (int courier = 1; courier <= 7; courier++) {
            writer.change(5, courier, "NORMAL", 3);
        }
        writer.complete(5, 7).heartbeat(5)
                .send(0, "1", "not json")
                .send(0, "2", null)
                .send(0, "3", "{\"schema\":1,\"generation\":5,\"courierId\":3,\"performance\":7,\"version\":4}")
                .send(0, "4", "{\"schema\":2,\"generation\":5,\"courierId\":4,\"performance\":\"HIGH\",\"version\":4}")
                .change(5, 5, "STELLAR", 4)
                .send(0, "6", "x".repeat(900_000))
                .send(0, "@heartbeat", "{}")
                .send(0, "@later", "{}");
        writer.flush();
        var cache = start(FRESH);

        assertThat(cache.awaitVersion(7, 3, LIMIT)).isTrue();
        for (int courier = 1; courier <= 6; courier++) {
            assertUnknown(cache, courier, Lookup.Reason.POISONED);
        }

        for (int courier = 1; courier <= 6; courier++) {
            writer.change(5, courier, "HIGH", 5);
        }
        writer.flush();
        for (int courier = 1; courier <= 6; courier++) {
            assertThat(cache.awaitVersion(courier, 5, LIMIT)).isTrue();
        }
        assertThat(cache.counts().poisoned().sum()).isEqualTo(7);

        writer.send(0, "somebody", "{}").flush();
        await().untilAsserted(() -> assertUnknown(cache, 7, Lookup.Reason.UNTRUSTED));

        writer.building(6).change(6, 7, "HIGH", 3).complete(6, 1).heartbeat(6).flush();
        assertThat(cache.awaitVersion(7, 3, LIMIT)).isTrue();
        assertLaw(cache);
    }

    @Test
    void letsTwoCachesHoldAllCouriersOfThreePartitions() throws InterruptedException {
        var writer = writer(3, false).create().building(5);
        for (int courier = 1; courier <= 300; courier++) {
            writer.change(5, courier, "OUTSTANDING", courier);
        }
        writer.complete(5, 100, 100, 100).heartbeat(5).flush();
        var first = start(3, FRESH);
        var second = start(3, FRESH);

        for (int courier = 1; courier <= 300; courier++) {
            assertThat(first.awaitVersion(courier, courier, LIMIT)).isTrue();
            assertThat(second.awaitVersion(courier, courier, LIMIT)).isTrue();
        }
        assertLaw(first);

        first.close();
        assertUnknown(first, 1, Lookup.Reason.STOPPED);
        assertThat(first.status().state()).isEqualTo(CacheState.STOPPED);
        var restarted = start(3, FRESH);
        assertThat(restarted.awaitVersion(300, 300, LIMIT)).isTrue();
        assertThat(restarted.status().couriers()).isEqualTo(300);
    }

    @Test
    void refusesATopicWithAnotherNumberOfPartitions() {
        writer(2, false).create();
        var cache = start(FRESH);

        awaitDetail(cache, "topic " + topic + " has 2 partitions, performance.cache.partitions says 1");
        assertUnknown(cache, 42, Lookup.Reason.STOPPED);
    }

    @Test
    void tellsListenersInTheOrderOfTheTopic() throws InterruptedException {
        var writer = writer(1, false).create().building(5).complete(5, 0).heartbeat(5);
        writer.flush();
        var cache = start(FRESH);
        await().until(() -> cache.status().state() == CacheState.READY);
        List<Long> heard = Collections.synchronizedList(new ArrayList<>());
        open.add(cache.onApplied((_, _, version, _, _) -> heard.add(version)));

        writer.change(5, 42, "HIGH", 1).change(5, 42, "HIGH", 1).change(5, 42, "NORMAL", 2).flush();

        assertThat(cache.awaitVersion(42, 2, LIMIT)).isTrue();
        assertThat(heard).containsExactly(1L, 2L);
        assertThat(cache.awaitVersion(42, 3, Duration.ZERO)).isFalse();
    }

    private KafkaPerformanceCache start(Duration maxStaleness) {
        return start(1, maxStaleness);
    }

    private static long rebuilds(KafkaPerformanceCache cache) {
        return Arrays.stream(Counts.Rebuild.values()).mapToLong(why -> cache.counts().rebuilds(why).sum()).sum();
    }

    private static void assertLaw(KafkaPerformanceCache cache) {
        Counts counts = cache.counts();
        long ignored = Arrays.stream(Counts.Ignored.values()).mapToLong(why -> counts.ignored(why).sum()).sum();
        assertThat(counts.read().sum()).isPositive().isEqualTo(
                counts.applied().sum() + ignored + counts.poisoned().sum() + counts.control().sum());
    }
}
