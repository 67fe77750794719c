package io.datadrivenchanges.experiment;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

import io.datadrivenchanges.experiment.verdict.Counts;
import io.datadrivenchanges.experiment.verdict.Criteria;
import org.jspecify.annotations.Nullable;

/// Tells from the control's versions which reads say something new: a bounded table of keys and the last version seen of each.
/// Thread-safe, without locks.
///
/// Reads are not evidence, changes are: a copy that is never updated again is right for nearly every read, and wrong for every change. So
/// the first compared read of a key after its version rose is one *exposure* and is judged by that read alone. The first
/// ever, or after the key had been evicted, is *baseline* and counted apart. Every other read adds nothing, except that the first to be wrong
/// of a version that had been right adds one more exposure.
///
/// The table is an array of sets of eight rows. A row is immutable but for its exposure and is replaced by compare-and-set, so that
/// a rise is counted by exactly one of the threads that see it. A read that brings nothing new looks at up to eight rows and
/// allocates nothing. A full set evicts the row that has been unchanged longest.
final class Exposures {

    /// Keys remembered by default: about 4 MB.
    static final int DEFAULT_KEYS = 1 << 16;

    private static final int WAYS = 8;

    /// What a compared read came to.
    enum Sight {
        EQUAL, UNEQUAL, FAILED, IGNORED
    }

    /// The last version seen of a key, with the exposure that is not simply good. Its place in the table is taken by another
    /// row when the version rises.
    private static final class Row extends AtomicReference<@Nullable Exposure> {

        private static final long serialVersionUID = 1;

        private final long key;
        private final long version;
        private final long sinceNanos;
        private final boolean changed;

        /// @param changed whether the version rose while it was in the table
        private Row(long key, long version, long sinceNanos, boolean changed, @Nullable Exposure exposure) {
            super(exposure);
            this.key = key;
            this.version = version;
            this.sinceNanos = sinceNanos;
            this.changed = changed;
        }
    }

    private final AtomicReferenceArray<@Nullable Row> rows;
    private final int setMask;
    private final Ledger.Everything everything = new Ledger.Everything(new Standings(), new Standings());
    private volatile Ledger ledger;

    /// @param keys to be remembered, rounded up to a power of two, positive
    Exposures(int keys, Criteria criteria) {
        int sets = Math.max(1, Integer.highestOneBit(Math.max(1, keys - 1)) * 2 / WAYS);
        rows = new AtomicReferenceArray<>(sets * WAYS);
        setMask = sets - 1;
        ledger = new Ledger(criteria, everything);
    }

    /// The present generation.
    Ledger ledger() {
        return ledger;
    }

    /// Begins a new generation, from zero. What is known of the keys stays, or every key would be baseline again; what is open stays in
    /// the old one.
    void begin(Criteria criteria) {
        ledger = new Ledger(criteria, everything);
    }

    /// What was counted in all generations.
    Summary.Exposed exposed() {
        Counts changes = everything.changes().snapshot();
        Counts baseline = everything.baseline().snapshot();
        return new Summary.Exposed(changes.good(), changes.bad(), baseline.exposures() + baseline.leftOut());
    }

    /// Takes notice of a compared read.
    ///
    /// @param keyHash stands for the key
    /// @param version the control's; negative = unknown, which says nothing
    /// @param nanos when, by the laboratory's time
    /// @param input passed to `cohort`
    /// @param cohort asked only for an exposure; must not throw
    /// @return the exposure that waits for a settlement, if this read was unequal; `null` if it adds nothing
    <I extends @Nullable Object> @Nullable Exposure read(long keyHash, long version, Sight sight, long nanos, I input,
            Function<? super I, String> cohort) {
        if (version < 0) {
            return null;
        }
        long key = mixed(keyHash);
        while (true) {
            int set = ((int) key & setMask) * WAYS;
            int at = find(key, set);
            Row row = rows.get(at);
            if (row != null && row.key == key && row.version >= version) {
                return row.version == version ? again(row, sight, nanos, input, cohort) : null;
            }
            boolean changed = row != null && row.key == key;
            Exposure.Kind kind = changed ? Exposure.Kind.CHANGE : Exposure.Kind.BASELINE;
            Ledger now = ledger;
            Standings of = now.cohort(cohort.apply(input));
            Exposure exposure = switch (sight) {
                case EQUAL, IGNORED -> null;
                case UNEQUAL -> new Exposure(now, kind, of, Exposure.Standing.OPEN);
                case FAILED -> new Exposure(now, kind, of, Exposure.Standing.BAD);
            };
            Row next = new Row(key, version, nanos, changed, exposure);
            boolean first = exposure == null
                    ? rows.compareAndSet(at, row, next)
                    : now.begin(exposure, () -> rows.compareAndSet(at, row, next));
            if (first) {
                if (exposure == null) {
                    now.begin(kind, of, sight == Sight.EQUAL ? Exposure.Standing.GOOD : Exposure.Standing.IGNORED);
                }
                if (changed && sight != Sight.IGNORED) {
                    now.read(0, exposure != null);
                }
                return sight == Sight.UNEQUAL ? exposure : null;
            }
        }
    }

    /// A read of a version that has been seen before.
    private <I extends @Nullable Object> @Nullable Exposure again(Row row, Sight sight, long nanos, I input,
            Function<? super I, String> cohort) {
        if (row.changed && sight != Sight.IGNORED) {
            ledger.read(nanos - row.sinceNanos, sight != Sight.EQUAL);
        }
        if (sight == Sight.EQUAL || sight == Sight.IGNORED) {
            return null;
        }
        return wrongAgain(row, sight, input, cohort);
    }

    private <I extends @Nullable Object> @Nullable Exposure wrongAgain(Row row, Sight sight, I input,
            Function<? super I, String> cohort) {
        Exposure known = row.get();
        Exposure.Standing standing = known == null ? Exposure.Standing.GOOD : known.exactly();
        return switch (standing) {
            case OPEN -> sight == Sight.UNEQUAL ? known : null;
            case BAD, UNSETTLED -> null;
            case GOOD, SUPERSEDED, IGNORED, WITHDRAWN -> late(row, known, sight, input, cohort);
        };
    }

    private <I extends @Nullable Object> @Nullable Exposure late(Row row, @Nullable Exposure known, Sight sight,
            I input,
            Function<? super I, String> cohort) {
        Ledger now = ledger;
        Exposure late = new Exposure(now, Exposure.Kind.LATE, now.cohort(cohort.apply(input)),
                sight == Sight.UNEQUAL ? Exposure.Standing.OPEN : Exposure.Standing.BAD);
        if (now.begin(late, () -> row.compareAndSet(known, late))) {
            return sight == Sight.UNEQUAL ? late : null;
        }
        return wrongAgain(row, sight, input, cohort);
    }

    /// The place of the key; else where it is to be put: the first free row, or the one longest unchanged.
    private int find(long key, int set) {
        int oldest = set;
        long age = Long.MAX_VALUE;
        for (int i = set; i < set + WAYS; i++) {
            Row row = rows.get(i);
            if (row == null || row.key == key) {
                return i;
            }
            if (row.sinceNanos < age) {
                age = row.sinceNanos;
                oldest = i;
            }
        }
        return oldest;
    }

    /// The finaliser of MurmurHash3 (Austin Appleby, public domain): every bit of the hash moves the set, and no two hashes become one.
    private static long mixed(long hash) {
        long h = hash;
        h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 33);
    }
}
