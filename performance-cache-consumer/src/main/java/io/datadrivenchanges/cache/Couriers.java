package io.datadrivenchanges.cache;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// All couriers of one generation, for those who compare the whole copy with something else. Thread-safe; lookups do not notice it.
///
/// It begins with the couriers there are when it is taken: one that comes later is found by [#find] alone. Of each it shows what the copy
/// says when asked. It belongs to its generation, and should be dropped when that is [no longer the one that answers][#isAnswering].
public interface Couriers {

    /// The couriers that follow an id, ascending.
    ///
    /// @param after any number; 0 or less = from the beginning
    /// @param limit at most so many, above 0; fewer only if there are no more
    List<Held> page(long after, int limit);

    /// What is held of a courier, if there is one.
    Optional<Held> find(long courierId);

    /// The moment before which everything committed is contained, as [System#nanoTime]; it only rises. Empty before the first heartbeat. It
    /// is as right as [the clocks][KafkaPerformanceCache.Builder#clockError].
    OptionalLong containedUpTo();

    /// Whether lookups are answered from this generation, which may be refused for being stale. Once `false`, always `false`.
    boolean isAnswering();
}
