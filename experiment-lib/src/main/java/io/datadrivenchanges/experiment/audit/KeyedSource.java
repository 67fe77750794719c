package io.datadrivenchanges.experiment.audit;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/// One copy of the data, readable in the order of its keys: a table, a service in front of it, a cache, an instance of a cache. Called by
/// one audit, on its thread; what it throws ends the audit.
///
/// @param <K> type of the keys, in their natural order
/// @param <V> type of the part that is compared, by `equals`
public interface KeyedSource<K extends Comparable<? super K>, V> {

    /// An entry.
    ///
    /// @param version negative = unknown
    record Entry<K, V>(K key, V value, long version) {}

    /// What reports call it.
    String name();

    /// The entries that follow a key, in ascending order.
    ///
    /// @param after the key before the first one; `null` = from the beginning
    /// @param limit at most so many, above 0; fewer only if there are no more
    List<Entry<K, V>> page(@Nullable K after, int limit) throws IOException;

    /// The entry of a key, if there is one.
    Optional<Entry<K, V>> find(K key) throws IOException;

    /// How far it has come: every change up to this position is in what is read from now on. Positions of sources that are compared with each
    /// other are on the same scale, such as the number of the last heartbeat; they never fall. A source that is always up to date may
    /// answer 0, then nobody waits for it; a copy with such a source as its truth is not waited for either.
    long position() throws IOException;
}
