package io.datadrivenchanges.e2e;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

import io.datadrivenchanges.cache.CacheState;
import io.datadrivenchanges.cache.Lookup;
import io.datadrivenchanges.stack.Part;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static io.datadrivenchanges.e2e.Limits.HEALED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// A cache that is cut off, by a death or by a freeze anywhere before it, says so in time, and until then promises no more
/// than is true.
@TestInstance(Lifecycle.PER_CLASS)
class StaleCacheIT {
    private static final long COURIER = 1;
    private static final List<Long> COURIERS = LongStream.rangeClosed(1, 5).boxed().toList();
    /// What the cache promises by default, `performance.cache.max-staleness`.
    private static final Duration MAX_STALENESS = Duration.ofSeconds(3);
    /// From the last heartbeat that came through: at most one period and the way.
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    /// Between two readings of clocks that are not the same one.
    private static final Duration UNSURE = Duration.ofMillis(5);

    private LocalSystem system;
    private WatchedCache reader;

    /// How a part is lost.
    enum Loss {
        KILL, FREEZE
    }

    @BeforeAll
    void start() {
        system = LocalSystem.start(Duration.ofSeconds(1));
        system.courierTable().create(COURIERS);
        reader = WatchedCache.start(system.kafka(), 1, COURIERS);
    }

    @AfterAll
    void close() {
        if (reader != null) {
            reader.close();
        }
        if (system != null) {
            system.close();
        }
    }

    /// As the feed is cut, a change is committed that the cache cannot know. Each answer with the old version has to admit that
    /// it may be as old as that change, and soon there is none.
    @ParameterizedTest
    @CsvSource({"POSTGRES, KILL", "POSTGRES, FREEZE", "KAFKA, KILL", "KAFKA, FREEZE", "PUBLISHER, KILL",
            "PUBLISHER, FREEZE"})
    void promisesNoMoreFreshnessThanItHasUntilItSaysDegradedWithinItsLimit(Part part, Loss loss) {
        awaitReady();

        try {
            Commit last;
            if (part == Part.POSTGRES) { // nothing can be committed without it
                last = commit();
                lose(part, loss);
            } else {
                lose(part, loss);
                last = commit();
            }

            await("the cache is degraded").atMost(MAX_STALENESS.plus(HEARTBEAT)).pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1)).until(() -> {
                        assertAdmitsItsAge(last);
                        return reader.status().state() == CacheState.DEGRADED;
                    });
            assertThat(reader.cache().lookup(COURIER)).isEqualTo(new Lookup.Unknown(Lookup.Reason.STALE));
        } finally {
            bringBack(part, loss);
        }

        awaitReady();
        reader.assertFaultless();
    }

    /// A change and when it was there, by [System#nanoTime].
    private record Commit(long version, long nanos) {}

    private Commit commit() {
        long version = system.courierTable().change(COURIER);
        return new Commit(version, System.nanoTime());
    }

    private void assertAdmitsItsAge(Commit last) {
        Duration age = Duration.ofNanos(System.nanoTime() - last.nanos());
        if (reader.cache().lookup(COURIER) instanceof Lookup.Known known && known.version() != last.version()) {
            assertThat(known.staleness().plus(UNSURE))
                    .as("version %d of %d after %s", known.version(), last.version(), age)
                    .isGreaterThanOrEqualTo(age);
        }
    }

    private void lose(Part part, Loss loss) {
        switch (loss) {
            case KILL -> system.kill(part);
            case FREEZE -> system.freeze(part);
        }
    }

    private void bringBack(Part part, Loss loss) {
        switch (loss) {
            case KILL -> system.start(part);
            case FREEZE -> system.thaw(part);
        }
    }

    private void awaitReady() {
        reader.awaitVersions("the cache has what the table has", system.courierTable().versions(), HEALED);
        await("the cache is ready").atMost(HEALED).until(() -> reader.status().state() == CacheState.READY);
    }
}
