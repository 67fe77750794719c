package io.datadrivenchanges.cache;

import java.util.concurrent.ConcurrentMap;

import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/// Couriers by id, where a higher version wins. Written by one thread, read by all: so to look and then to put is safe, and
/// cheaper than to compute, which took a rebuild of a million couriers a collection of garbage more.
///
/// There is no size limit and no expiry: an evicted key would lose the version that keeps older records out.
final class VersionedEntries {
    private final ConcurrentMap<Long, Entry> entries = Caffeine.newBuilder().<Long, Entry>build().asMap();
    /// One for all, since a start makes millions.
    private final Offer offer = new Offer();

    @Nullable
    Entry get(long courierId) {
        return entries.get(courierId);
    }

    int size() {
        return entries.size();
    }

    /// The ids of the couriers there are, ascending; of those that come meanwhile it may have some.
    long[] sortedIds() {
        return entries.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
    }

    /// Offers a change and says what became of it; the answer is valid until the next one.
    Offer offer(TopicRecord.Change change) {
        Long courierId = change.courierId();
        Entry old = entries.get(courierId);
        if (old == null || isNewer(change, old)) {
            entries.put(courierId, Entry.of(change));
            return offer.ended(Fate.APPLIED, old);
        }
        if (change.version() < old.version()) {
            return offer.ended(Fate.OLDER, old);
        }
        if (old.isPoisoned() || old.level() == change.level()) {
            return offer.ended(Fate.DUPLICATE, old);
        }
        entries.put(courierId, Entry.poisoned(old.version()));
        return offer.ended(Fate.CONFLICT, old);
    }

    /// The version fence.
    private static boolean isNewer(TopicRecord.Change change, Entry old) {
        return change.version() > old.version();
    }

    /// Makes a courier unknown until a version comes that is above the held and the given one.
    void poison(long courierId, long version) {
        Entry old = entries.get(courierId);
        entries.put(courierId, Entry.poisoned(old == null ? version : Math.max(old.version(), version)));
    }

    /// What became of a change.
    enum Fate {
        APPLIED, OLDER, DUPLICATE, CONFLICT
    }

    /// The fate of a change. Confined to the thread that writes.
    static final class Offer {
        private Fate fate = Fate.APPLIED;
        private long oldVersion;

        private Offer() {}

        private Offer ended(Fate fate, @Nullable Entry old) {
            this.fate = fate;
            oldVersion = old == null ? 0 : old.version();
            return this;
        }

        Fate fate() {
            return fate;
        }

        /// That the courier had before; 0 if it was not there.
        long oldVersion() {
            return oldVersion;
        }
    }
}
