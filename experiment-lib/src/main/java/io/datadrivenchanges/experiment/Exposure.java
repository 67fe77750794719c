package io.datadrivenchanges.experiment;

import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

import io.datadrivenchanges.experiment.verdict.RateGuard;

/// One exposure that was not equal at once: a key's first compared read after its control version rose (a change), its first
/// ever (baseline), or a later read of a version that had been equal before (late). Thread-safe.
///
/// ```
/// OPEN → GOOD         it became equal            (late: WITHDRAWN, as if nothing had been)
///      → BAD          wrong to the end
///      → UNSETTLED    nobody could find out
///      → SUPERSEDED   both moved on              (late: WITHDRAWN)
///      → IGNORED      a rule holds for it        (late: WITHDRAWN)
/// ```
final class Exposure implements RateGuard.Watched {

    enum Kind {
        CHANGE, BASELINE, LATE
    }

    enum Standing {
        OPEN, GOOD, BAD, UNSETTLED, SUPERSEDED, IGNORED, WITHDRAWN
    }

    /// @param losses of its reads while open, by currency, in minor units, none negative
    private record State(Standing standing, SortedMap<String, Long> losses) {}

    private static final SortedMap<String, Long> NO_LOSSES = new TreeMap<>();

    private final Ledger ledger;
    final Kind kind;
    final Standings cohort;
    private final AtomicReference<State> state;

    Exposure(Ledger ledger, Kind kind, Standings cohort, Standing standing) {
        this.ledger = ledger;
        this.kind = kind;
        this.cohort = cohort;
        state = new AtomicReference<>(new State(standing, NO_LOSSES));
    }

    Standing exactly() {
        return now().standing();
    }

    /// Adds what a read would have cost, unless it is settled already.
    ///
    /// @param amount in minor units; its sign does not matter. A sum beyond a `long` stays at the greatest
    void lose(String currency, long amount) {
        State before = now();
        while (before.standing() == Standing.OPEN) {
            SortedMap<String, Long> more = new TreeMap<>(before.losses());
            more.merge(currency, magnitude(amount), Exposure::saturated);
            if (state.compareAndSet(before, new State(Standing.OPEN, more))) {
                return;
            }
            before = now();
        }
    }

    /// Settles it; the first settlement stays.
    ///
    /// @param end any but `OPEN` and `WITHDRAWN`
    /// @return whether this was the first
    boolean settle(Standing end) {
        State before = now();
        while (before.standing() == Standing.OPEN) {
            Standing after = kind == Kind.LATE && end != Standing.BAD && end != Standing.UNSETTLED
                    ? Standing.WITHDRAWN
                    : end;
            // Counted under the new standing before it leaves the old one: whoever looks in between sees it twice, never not at all.
            ledger.enter(kind, cohort, after);
            if (state.compareAndSet(before, new State(after, before.losses()))) {
                ledger.leave(kind, cohort, Standing.OPEN);
                ledger.lost(this, before.losses());
                return true;
            }
            ledger.leave(kind, cohort, after);
            before = now();
        }
        return false;
    }

    @Override
    public RateGuard.Standing standing() {
        return switch (now().standing()) {
            case OPEN -> RateGuard.Standing.OPEN;
            case BAD -> RateGuard.Standing.BAD;
            case GOOD, UNSETTLED -> RateGuard.Standing.GOOD;
            case SUPERSEDED, IGNORED, WITHDRAWN -> RateGuard.Standing.LEFT_OUT;
        };
    }

    private State now() {
        return Objects.requireNonNull(state.get());
    }

    private static long magnitude(long amount) {
        return amount == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(amount);
    }

    private static long saturated(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }
}
