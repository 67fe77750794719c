package io.datadrivenchanges.payments;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

import io.datadrivenchanges.cache.CacheState;
import io.datadrivenchanges.cache.CacheStatus;
import io.datadrivenchanges.cache.Lookup;
import io.datadrivenchanges.cache.PerformanceCache;
import io.datadrivenchanges.cache.PerformanceLevel;
import org.jspecify.annotations.Nullable;

/// A cache fed by hand. Thread-safe.
public final class FakeCache implements PerformanceCache {
    private static final Duration STALENESS = Duration.ofMillis(5);

    private final Map<Long, Lookup> entries = new ConcurrentHashMap<>();
    private volatile @Nullable LongFunction<Lookup> behaviour;
    private volatile CacheState state = CacheState.READY;

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

    @Override
    public Lookup lookup(long courierId) {
        LongFunction<Lookup> how = behaviour;
        return how == null ? entries.getOrDefault(courierId, new Lookup.Absent(STALENESS)) : how.apply(courierId);
    }

    @Override
    public CacheStatus status() {
        return new CacheStatus(state, 1, entries.size(), 0, STALENESS, "fed by a test");
    }
}
