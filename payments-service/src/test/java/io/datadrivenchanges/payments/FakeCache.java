package io.datadrivenchanges.payments;

import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongFunction;

import io.datadrivenchanges.cache.CacheState;
import io.datadrivenchanges.cache.CacheStatus;
import io.datadrivenchanges.cache.Couriers;
import io.datadrivenchanges.cache.Held;
import io.datadrivenchanges.cache.Lookup;
import io.datadrivenchanges.cache.PerformanceCache;
import io.datadrivenchanges.cache.PerformanceLevel;
import org.jspecify.annotations.Nullable;

/// A cache fed by hand. Thread-safe.
public final class FakeCache implements PerformanceCache {
    private static final Duration STALENESS = Duration.ofMillis(5);

    private final NavigableMap<Long, Lookup> entries = new ConcurrentSkipListMap<>();
    private volatile @Nullable LongFunction<Lookup> behaviour;
    private volatile CacheState state = CacheState.READY;
    private volatile boolean shown = true;

    public void set(long courierId, PerformanceLevel level, long version) {
        entries.put(courierId, new Lookup.Known(level, version, null, STALENESS));
    }

    public void set(long courierId, Lookup.Reason reason) {
        entries.put(courierId, new Lookup.Unknown(reason));
    }

    /// Answers in this way from now on; `null` = from what was set.
    public void behave(@Nullable LongFunction<Lookup> next) {
        behaviour = next;
    }

    /// Says this about itself from now on; lookups do not change.
    public void state(CacheState next) {
        state = next;
    }

    /// Whether it can show all couriers.
    public void show(boolean couriers) {
        shown = couriers;
    }

    @Override
    public Lookup lookup(long courierId) {
        LongFunction<Lookup> how = behaviour;
        return how == null ? entries.getOrDefault(courierId, new Lookup.Absent(STALENESS)) : how.apply(courierId);
    }

    @Override
    public CacheStatus status() {
        return new CacheStatus(state, 1, entries.size(), 0, STALENESS, "fed by a test");
    }

    @Override
    public Optional<Couriers> couriers() {
        return shown ? Optional.of(new Shown()) : Optional.empty();
    }

    /// What was set, always up to date.
    private final class Shown implements Couriers {

        @Override
        public List<Held> page(long after, int limit) {
            return entries.tailMap(after, false).entrySet().stream().limit(limit)
                    .map(entry -> held(entry.getKey(), entry.getValue())).toList();
        }

        @Override
        public Optional<Held> find(long courierId) {
            return Optional.ofNullable(entries.get(courierId)).map(lookup -> held(courierId, lookup));
        }

        private static Held held(long courierId, Lookup lookup) {
            return lookup instanceof Lookup.Known known
                    ? new Held(courierId, known.level(), known.version())
                    : new Held(courierId, null, 0);
        }

        @Override
        public OptionalLong containedUpTo() {
            return OptionalLong.of(System.nanoTime());
        }

        @Override
        public boolean isAnswering() {
            return shown;
        }
    }
}
