package io.datadrivenchanges.experiment;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/// Falsified answers, sown to find out whether a comparison notices them: one in a thousand answers is judged a second time, in a
/// falsified copy that nobody else gets to see and that is counted nowhere but here. Thread-safe, without locks.
///
/// The faults take turns. `VALUE` and `OLD_VERSION` need a wrong answer that could have been: it is taken from the last sixteen that
/// were kept, of other inputs or of before, the first whose projection does not equal that of the right one. As long as there is no other
/// value nothing is sown: exceptions and delays alone say nothing of the comparison. Without an older one that turn is passed on. A comparison that counts values as equal that are not `equals`, such as amounts within a
/// tolerance, may miss some with good reason.
final class Seeds<D extends @Nullable Object> {

    /// What is done to an answer.
    ///
    /// - `VALUE`: another value, with the version of the right one.
    /// - `OLD_VERSION`: another value, with a lower version.
    /// - `EXCEPTION`: none, the candidate threw.
    /// - `DELAY`: none within the deadline.
    enum Fault {
        VALUE, OLD_VERSION, EXCEPTION, DELAY
    }

    /// How many were sown and of these missed.
    record Count(long sown, long missed) {}

    /// What `EXCEPTION` seeds throw.
    static final class SownException extends RuntimeException {

        private static final long serialVersionUID = 1;

        SownException() {
            super("sown by the laboratory to see whether it is noticed", null, false, false);
        }
    }

    /// An answer kept to falsify others with.
    private record Kept<D extends @Nullable Object>(D answer) {}

    /// Says whether an answer is noticeably another one.
    interface Differing<D extends @Nullable Object> {
        boolean differs(D answer);
    }

    private static final Fault[] FAULTS = Fault.values();
    private static final long EVERY = 1_000;
    private static final int ROOM = 16;

    private final LongSupplier random;
    private final AtomicReferenceArray<@Nullable Kept<D>> kept = new AtomicReferenceArray<>(ROOM);
    private final AtomicInteger turns = new AtomicInteger();
    private final Map<Fault, LongAdder> sown = new EnumMap<>(Fault.class);
    private final Map<Fault, LongAdder> missed = new EnumMap<>(Fault.class);

    /// @param random any 64 bits at a call; thread-safe
    Seeds(LongSupplier random) {
        this.random = random;
        for (Fault fault : FAULTS) {
            sown.put(fault, new LongAdder());
            missed.put(fault, new LongAdder());
        }
    }

    /// Whether it is this answer's turn, by chance: about one in a thousand.
    boolean isDue() {
        return Long.remainderUnsigned(random.getAsLong(), EVERY) == 0;
    }

    /// The fault whose turn it is, until a seed of it was judged.
    Fault next() {
        return FAULTS[Math.floorMod(turns.get(), FAULTS.length)];
    }

    /// Passes the turn on: there is nothing to make such a fault of.
    void skip() {
        turns.incrementAndGet();
    }

    /// Keeps an answer in the place of an older one.
    void keep(D answer) {
        kept.set((int) Long.remainderUnsigned(random.getAsLong() >>> 32, ROOM), new Kept<>(answer));
    }

    /// A wrong answer.
    ///
    /// @param isOther whether one is noticeably different from the right one
    /// @return `null` if none is known
    Outcome.@Nullable Returned<D> wrong(Differing<? super D> isOther) {
        for (int i = 0; i < ROOM; i++) {
            Kept<D> one = kept.get(i);
            if (one != null && isOther.differs(one.answer())) {
                return new Outcome.Returned<>(one.answer());
            }
        }
        return null;
    }

    /// Counts what became of a seed. It was noticed if the finding is neither a match nor "not comparable".
    void judged(Fault fault, Finding finding) {
        turns.incrementAndGet();
        count(sown, fault);
        if (!(finding instanceof Finding.Mismatch || finding instanceof Finding.CandidateFailed)) {
            count(missed, fault);
        }
    }

    /// By fault.
    Map<Fault, Count> snapshot() {
        Map<Fault, Count> counts = new EnumMap<>(Fault.class);
        for (Fault fault : FAULTS) {
            long missedOnes = Objects.requireNonNull(missed.get(fault)).sum();
            counts.put(fault,
                    new Count(Math.max(missedOnes, Objects.requireNonNull(sown.get(fault)).sum()), missedOnes));
        }
        return Collections.unmodifiableMap(counts);
    }

    /// Of all faults together.
    Count total() {
        long allSown = 0;
        long allMissed = 0;
        for (Count each : snapshot().values()) {
            allSown += each.sown();
            allMissed += each.missed();
        }
        return new Count(allSown, allMissed);
    }

    private static void count(Map<Fault, LongAdder> counts, Fault fault) {
        Objects.requireNonNull(counts.get(fault)).increment();
    }
}
