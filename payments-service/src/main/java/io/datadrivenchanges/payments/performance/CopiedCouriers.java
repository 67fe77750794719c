package io.datadrivenchanges.payments.performance;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

import io.datadrivenchanges.cache.Couriers;
import io.datadrivenchanges.cache.Held;
import io.datadrivenchanges.cache.PerformanceLevel;
import io.datadrivenchanges.experiment.audit.KeyedSource;
import org.jspecify.annotations.Nullable;

/// The couriers of one generation of the cache: what an audit compares. When the cache answers from another one, the audit ends. A courier
/// of whom the cache cannot tell has no level and no version, which is nobody's truth.
///
/// @param origin where positions begin, as [System#nanoTime]
record CopiedCouriers(Couriers couriers, long origin) implements KeyedSource<Long, Optional<PerformanceLevel>> {
    private static final long UNKNOWN_VERSION = -1;

    @Override
    public String name() {
        return "cache";
    }

    @Override
    public List<Entry<Long, Optional<PerformanceLevel>>> page(@Nullable Long after, int limit) throws IOException {
        return current().page(after == null ? 0 : after, limit).stream().map(CopiedCouriers::entry).toList();
    }

    @Override
    public Optional<Entry<Long, Optional<PerformanceLevel>>> find(Long courierId) throws IOException {
        return current().find(courierId).map(CopiedCouriers::entry);
    }

    @Override
    public long position() throws IOException {
        var moment = current().containedUpTo();
        return moment.isPresent() ? moment.getAsLong() - origin : -Long.MAX_VALUE;
    }

    private Couriers current() throws IOException {
        if (!couriers.isAnswering()) {
            throw new IOException("The cache does not answer from this generation any more");
        }
        return couriers;
    }

    private static Entry<Long, Optional<PerformanceLevel>> entry(Held held) {
        return new Entry<>(held.courierId(), Optional.ofNullable(held.level()),
                held.level() == null ? UNKNOWN_VERSION : held.version());
    }
}
