package io.datadrivenchanges.cache;

import java.util.concurrent.ConcurrentMap;
import java.util.function.BiFunction;

import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/// Couriers by id, where a higher version wins, atomically per key. Written by one thread, read by all.
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
        // Computing would make an eighth of a rebuild's garbage, and a collection more.
        if (entries.putIfAbsent(courierId, Entry.of(change)) == null) {
            offer.fate = Fate.APPLIED;
            offer.oldVersion = 0;
        } else {
            offer.change = change;
            entries.computeIfPresent(courierId, offer);
        }
        return offer;
    }

    /// Makes a courier unknown until a version comes that is above the held and the given one.
    void poison(long courierId, long version) {
        entries.compute(courierId,
                (_, old) -> Entry.poisoned(old == null ? version : Math.max(old.version(), version)));
    }

    private static final TopicRecord.Change NONE = new TopicRecord.Change(0, 0, PerformanceLevel.NORMAL, 0,
            TopicRecord.NO_COMMIT_TIME);

    /// What became of a change.
    enum Fate {
        APPLIED, OLDER, DUPLICATE, CONFLICT
    }

    /// The version fence of a courier that is there: one atomic step per key. Confined to the thread that writes.
    static final class Offer implements BiFunction<Long, Entry, Entry> {
        private TopicRecord.Change change = NONE;
        private Fate fate = Fate.APPLIED;
        private long oldVersion;

        private Offer() {}

        @Override
        public Entry apply(Long courierId, Entry old) {
            oldVersion = old.version();
            if (isNewer(change, old)) {
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

        private static boolean isNewer(TopicRecord.Change change, Entry old) {
            return change.version() > old.version();
        }

        Fate fate() {
            return fate;
        }

        long oldVersion() {
            return oldVersion;
        }
    }
}
