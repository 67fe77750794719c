package io.datadrivenchanges.experiment.audit;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/// Compares all keys of two copies of the data, both ways, while both change. An experiment sees only what is read; an audit finds
/// what nobody reads, such as a deleted courier who is still in the cache. Thread-safe: an audit keeps nothing between calls.
///
/// The keys are gone through in chunks. A chunk is read from the truth, then the truth's position is taken, and once the copy has come
/// as far, the same range is read from the copy. What is in the truth's chunk was changed at or before that position, so a copy that works
/// has it, or something newer. What differs is therefore a change that came later, or a defect; which of them is found out key by
/// key:
///
/// 1. read the truth; take its position, the *low watermark*;
/// 2. wait until the copy has come that far, and read it;
/// 3. read the truth again, the *high watermark*.
///
/// If the truth says the same at both, it did so all the time between, and the copy must have said it, too: if it did not, that is a
/// discrepancy. If the truth has changed, once more, five times at most.
///
/// A copy that does not come as far within the limit is compared as it is, and is not waited for again until it moves: it is behind
/// anyhow. An audit that takes too long ends with what it has found so far, and says that it is not complete.
public final class Audit {

    private static final int MAX_LOOKS = 5;
    private static final Duration WAITING_STEP = Duration.ofMillis(10);

    private final AuditLimits limits;
    private final LongSupplier nanos;
    private final Pause pause;

    /// How to wait.
    interface Pause {
        void rest(Duration time) throws InterruptedException;
    }

    /// An audit by the system's time.
    public Audit(AuditLimits limits) {
        this(limits, System::nanoTime, time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));
    }

    Audit(AuditLimits limits, LongSupplier nanos, Pause pause) {
        this.limits = limits;
        this.nanos = nanos;
        this.pause = pause;
    }

    /// Compares a copy with the truth. Takes as long as the limits demand; to be run on a thread of its own.
    ///
    /// @throws IOException what a source throws
    /// @throws InterruptedException if the thread is interrupted
    public <K extends Comparable<? super K>, V> AuditReport<K> compare(KeyedSource<K, V> truth, KeyedSource<K, V> copy)
            throws IOException, InterruptedException {
        return new Walk<>(truth, copy).run();
    }

    /// Compares instances with each other, which names one that stands still or was falsified where there is nothing else to ask. The truth
    /// about a key is what more than half of them say about its being there, and if it is, the newest version that any has; of one
    /// version, what most have. What all have wrong is not found. One after the other is compared, so that with *n* of them each is read
    /// *n* + 1 times, at the rate of the limits; `limits.time` is for each comparison.
    ///
    /// @param instances at least two
    /// @return a report per instance, in their order
    /// @throws IllegalArgumentException if there are fewer than two
    /// @throws IOException what a source throws
    /// @throws InterruptedException if the thread is interrupted
    public <K extends Comparable<? super K>, V> List<AuditReport<K>> among(
            List<? extends KeyedSource<K, V>> instances) throws IOException, InterruptedException {
        if (instances.size() < 2) {
            throw new IllegalArgumentException("at least two instances: " + instances.size());
        }
        KeyedSource<K, V> consensus = new Consensus<>(List.copyOf(instances));
        List<AuditReport<K>> reports = new ArrayList<>();
        for (KeyedSource<K, V> instance : instances) {
            reports.add(compare(consensus, instance));
        }
        return reports;
    }

    /// One comparison under way. Confined to its thread.
    private final class Walk<K extends Comparable<? super K>, V> {

        private final KeyedSource<K, V> truth;
        private final KeyedSource<K, V> copy;
        private final List<AuditReport.Discrepancy<K>> discrepancies = new ArrayList<>();
        private final long started = nanos.getAsLong();
        private long keys;
        private long asked;
        private long found;
        private long moving;
        private boolean caughtUp = true;
        private boolean isCut;
        private long gaveUpAt = Long.MIN_VALUE;

        Walk(KeyedSource<K, V> truth, KeyedSource<K, V> copy) {
            this.truth = truth;
            this.copy = copy;
        }

        AuditReport<K> run() throws IOException, InterruptedException {
            K after = null;
            boolean more = true;
            while (more && !isLate()) {
                List<KeyedSource.Entry<K, V>> chunk = truth.page(after, limits.chunk());
                asked += chunk.size();
                more = chunk.size() == limits.chunk();
                awaitCopy(truth.position());
                K last = more ? chunk.getLast().key() : null;
                for (K suspect : suspects(chunk, after, last)) {
                    confirm(suspect);
                    keepToTheRate();
                }
                after = last;
                keepToTheRate();
            }
            return new AuditReport<>(truth.name(), copy.name(), keys, discrepancies, found, moving, caughtUp,
                    !more && !isCut, Duration.ofNanos(nanos.getAsLong() - started));
        }

        private boolean isLate() {
            return nanos.getAsLong() - started >= limits.time().toNanos();
        }

        /// The keys in a range about which the two do not agree, in order.
        ///
        /// @param last of the range; `null` = to the end
        private Set<K> suspects(List<KeyedSource.Entry<K, V>> chunk, @Nullable K after, @Nullable K last)
                throws IOException {
            List<KeyedSource.Entry<K, V>> copied = range(after, last);
            Set<K> suspects = new LinkedHashSet<>();
            int i = 0;
            int j = 0;
            while (i < chunk.size() || j < copied.size()) {
                int order = i == chunk.size()
                        ? 1
                        : j == copied.size() ? -1 : chunk.get(i).key().compareTo(copied.get(j).key());
                K key = order <= 0 ? chunk.get(i).key() : copied.get(j).key();
                if (order != 0 || kind(chunk.get(i), copied.get(j)) != null) {
                    suspects.add(key);
                }
                i += order <= 0 ? 1 : 0;
                j += order >= 0 ? 1 : 0;
                keys++;
            }
            return suspects;
        }

        private List<KeyedSource.Entry<K, V>> range(@Nullable K after, @Nullable K last) throws IOException {
            List<KeyedSource.Entry<K, V>> range = new ArrayList<>();
            K from = after;
            while (true) {
                List<KeyedSource.Entry<K, V>> page = copy.page(from, limits.chunk());
                for (KeyedSource.Entry<K, V> entry : page) {
                    if (last != null && entry.key().compareTo(last) > 0) {
                        return range;
                    }
                    range.add(entry);
                }
                if (page.size() < limits.chunk()) {
                    return range;
                }
                from = page.getLast().key();
            }
        }

        private void confirm(K key) throws IOException, InterruptedException {
            for (int look = 0; look < MAX_LOOKS; look++) {
                if (isLate()) {
                    isCut = true;
                    return;
                }
                KeyedSource.Entry<K, V> low = ask(key);
                awaitCopy(truth.position());
                KeyedSource.Entry<K, V> copied = copy.find(key).orElse(null);
                KeyedSource.Entry<K, V> high = ask(key);
                if (kind(low, high) == null) {
                    AuditReport.Kind kind = kind(low, copied);
                    if (kind != null) {
                        found(new AuditReport.Discrepancy<>(key, kind, low == null ? -1 : low.version(),
                                copied == null ? -1 : copied.version()));
                    }
                    return;
                }
            }
            moving++;
        }

        private KeyedSource.@Nullable Entry<K, V> ask(K key) throws IOException {
            asked++;
            return truth.find(key).orElse(null);
        }

        private void found(AuditReport.Discrepancy<K> discrepancy) {
            found++;
            if (discrepancies.size() < limits.discrepancies()) {
                discrepancies.add(discrepancy);
            }
        }

        private void awaitCopy(long position) throws IOException, InterruptedException {
            long begun = nanos.getAsLong();
            long there = copy.position();
            while (there < position) {
                if (there == gaveUpAt || nanos.getAsLong() - begun >= limits.catchUp().toNanos()) {
                    gaveUpAt = there;
                    caughtUp = false;
                    return;
                }
                pause.rest(WAITING_STEP);
                there = copy.position();
            }
        }

        private void keepToTheRate() throws InterruptedException {
            long due = asked * (TimeUnit.SECONDS.toNanos(1) / limits.keysPerSecond());
            long early = due - (nanos.getAsLong() - started);
            if (early > 0) {
                pause.rest(Duration.ofNanos(early));
            }
        }
    }

    /// What is wrong with the second, seen from the first; `null` if nothing.
    private static <K, V> AuditReport.@Nullable Kind kind(KeyedSource.@Nullable Entry<K, V> truth,
            KeyedSource.@Nullable Entry<K, V> copy) {
        if (truth == null) {
            return copy == null ? null : AuditReport.Kind.EXTRA;
        }
        if (copy == null) {
            return AuditReport.Kind.MISSING;
        }
        boolean versioned = truth.version() >= 0 && copy.version() >= 0;
        if (versioned && copy.version() != truth.version()) {
            return copy.version() < truth.version() ? AuditReport.Kind.STALE : AuditReport.Kind.AHEAD;
        }
        return truth.value().equals(copy.value()) ? null : AuditReport.Kind.DIFFERENT;
    }

    /// What instances agree on, as a source.
    private record Consensus<K extends Comparable<? super K>, V>(List<KeyedSource<K, V>> instances)
            implements
                KeyedSource<K, V> {

        @Override
        public String name() {
            return "consensus of " + instances.size();
        }

        /// A page of each instance, as far as all of them reach; further pages if nothing was left of it.
        @Override
        public List<Entry<K, V>> page(@Nullable K after, int limit) throws IOException {
            List<Entry<K, V>> page = new ArrayList<>();
            K from = after;
            while (true) {
                List<List<Entry<K, V>>> pages = new ArrayList<>();
                K last = null;
                for (KeyedSource<K, V> instance : instances) {
                    List<Entry<K, V>> one = instance.page(from, limit);
                    pages.add(one);
                    if (one.size() == limit && (last == null || one.getLast().key().compareTo(last) < 0)) {
                        last = one.getLast().key();
                    }
                }
                for (List<Entry<K, V>> votes : byKey(pages, last)) {
                    Optional<Entry<K, V>> agreed = agreed(votes);
                    if (agreed.isPresent()) {
                        page.add(agreed.get());
                        if (page.size() == limit) {
                            return page;
                        }
                    }
                }
                if (last == null) {
                    return page;
                }
                from = last;
            }
        }

        @Override
        public Optional<Entry<K, V>> find(K key) throws IOException {
            List<Entry<K, V>> votes = new ArrayList<>();
            for (KeyedSource<K, V> instance : instances) {
                instance.find(key).ifPresent(votes::add);
            }
            return agreed(votes);
        }

        @Override
        public long position() throws IOException {
            long furthest = Long.MIN_VALUE;
            for (KeyedSource<K, V> instance : instances) {
                furthest = Math.max(furthest, instance.position());
            }
            return furthest;
        }

        private static <K extends Comparable<? super K>, V> Iterable<List<Entry<K, V>>> byKey(
                List<List<Entry<K, V>>> pages, @Nullable K last) {
            TreeMap<K, List<Entry<K, V>>> votes = new TreeMap<>();
            for (List<Entry<K, V>> page : pages) {
                for (Entry<K, V> entry : page) {
                    if (last == null || entry.key().compareTo(last) <= 0) {
                        votes.computeIfAbsent(entry.key(), none -> new ArrayList<>()).add(entry);
                    }
                }
            }
            return votes.values();
        }

        private Optional<Entry<K, V>> agreed(List<Entry<K, V>> votes) {
            if (2 * votes.size() <= instances.size()) {
                return Optional.empty();
            }
            long newest = votes.stream().mapToLong(Entry::version).max().orElse(-1);
            Entry<K, V> most = null;
            long mostVotes = 0;
            for (Entry<K, V> vote : votes) {
                long same = votes.stream()
                        .filter(other -> other.version() == newest && other.value().equals(vote.value())).count();
                if (vote.version() == newest && same > mostVotes) {
                    most = vote;
                    mostVotes = same;
                }
            }
            return Optional.ofNullable(most);
        }
    }
}
