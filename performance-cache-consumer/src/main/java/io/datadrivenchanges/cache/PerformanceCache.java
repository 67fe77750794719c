package io.datadrivenchanges.cache;

import java.util.Optional;

/// A complete local copy of the couriers' performance that answers only when it can vouch for the answer. Thread-safe.
public interface PerformanceCache {

    /// What the copy knows about a courier. No lock, no I/O, no exception, whatever the state of Kafka.
    ///
    /// @param courierId any number; one that no courier has is absent
    Lookup lookup(long courierId);

    /// What the copy knows about itself.
    CacheStatus status();

    /// How consistent the answers were with the database, judged afterwards from a sample of the lookups. A cache that
    /// samples nothing says so by having no scales.
    default Consistency consistency() {
        return Consistency.NOT_SAMPLED;
    }

    /// All couriers of the generation that answers, in order; taking them sorts their ids. Empty while no generation answers, if it cannot
    /// be trusted, and of a cache that cannot show them.
    default Optional<Couriers> couriers() {
        return Optional.empty();
    }

    /// A cache that is switched off: every lookup is unknown because it is disabled.
    static PerformanceCache disabled() {
        return new DisabledPerformanceCache();
    }
}
