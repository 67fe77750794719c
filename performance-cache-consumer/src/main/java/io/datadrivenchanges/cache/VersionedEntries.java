package io.datadrivenchanges.cache;

import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;

import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/// Couriers by id, where a higher version wins, atomically per key. Thread-safe.
///
/// There is no size limit and no expiry: an evicted key would lose the version that keeps older records out.
final class VersionedEntries {
    private final ConcurrentMap<Long, Entry> entries = Caffeine.newBuilder().<Long, Entry>build().asMap();

    @Nullable
    Entry get(long courierId) {
        return entries.get(courierId);
    }

    int size() {
        return entries.size();
    }

    /// Offers a change and says what became of it.
    Offer offer(TopicRecord.Change change) {
        var offer = new Offer(change);
        entries.compute(change.courierId(), offer);
        return offer;
    }

    /// Makes a courier unknown until a version comes that is above the held and the given one.
    void poison(long courierId, long version) {
        entries.compute(courierId,
                (_, old) -> Entry.poisoned(old == null ? version : Math.max(old.version(), version)));
    }

    /// What became of a change.
    enum Fate {
        APPLIED, OLDER, DUPLICATE, CONFLICT
    }

    /// The version fence: one atomic step per key. Confined to the thread that makes the offer.
    static final class Offer implements BiFunction<Long, @Nullable Entry, Entry> {
        private final TopicRecord.Change change;
        private Fate fate = Fate.APPLIED;
        private long oldVersion;

        private Offer(TopicRecord.Change change) {
            this.change = change;
        }

        @Override
        public Entry apply(Long courierId, @Nullable Entry old) {
            oldVersion = old == null ? 0 : old.version();
            if (old == null || change.version() > old.version()) {
                fate = Fate.APPLIED;
                return Entry.of(change);
            }
            if (change.version() < old.version()) {
                fate = Fate.OLDER;
                return old;
            }
            if (old.isPoisoned() || old.level() == change.level()) {
                fate = Fate.DUPLICATE;
                return old;
            }
            fate = Fate.CONFLICT;
            return Entry.poisoned(old.version());
        }

        Fate fate() {
            return fate;
        }

        long oldVersion() {
            return oldVersion;
        }
    }
}
