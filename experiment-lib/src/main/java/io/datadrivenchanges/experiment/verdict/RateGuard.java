package io.datadrivenchanges.experiment.verdict;

import java.util.ArrayDeque;
import java.util.Deque;

/// Raises an alarm soon after the rate of bad exposures has risen above ε, however good the past was. Confined to one thread at
/// a time.
///
/// Per exposure and alternative q = 2ε, 5ε, 20ε, 100ε (each at most ½): C ← max(C, 1) · (bad ? q/ε : (1−q)/(1−ε)). Alarm if the mean of
/// the four reaches A = 10⁴. C never exceeds R, with R ← (R + 1) · the same factor, and Rₙ − n is a supermartingale as long as
/// each exposure's probability of being bad, given those before it, is at most ε: so the mean number of exposures to a false alarm
/// is at least A (Page 1954; Shin, Ramdas and Rinaldo 2024, see the package). Without a bad exposure there is none.
///
/// The order is that of the starts. An exposure whose standing is open counts as good until it is known better; then everything
/// after it is reckoned again. As C can only rise by that, an alarm is never raised on what later turns out better.
public final class RateGuard {

    /// Least mean number of exposures to a false alarm.
    public static final double THRESHOLD = 1e4;

    private static final double[] FACTORS = {2, 5, 20, 100};
    private static final double MAX_ALTERNATIVE = 0.5;

    /// How an exposure stands.
    public enum Standing {
        GOOD, BAD, OPEN, LEFT_OUT
    }

    /// An exposure, asked for its standing. Once that is another than `OPEN` it stays.
    @FunctionalInterface
    public interface Watched {
        Standing standing();
    }

    /// An exposure that was open when it was last asked, and how many good ones came after it before the next open one.
    private static final class Pending {

        private final Watched exposure;
        private long goodAfter;

        private Pending(Watched exposure) {
            this.exposure = exposure;
        }
    }

    private final double[] badFactor = new double[FACTORS.length];
    private final double[] goodFactor = new double[FACTORS.length];
    private final double[] settled = {1, 1, 1, 1};
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final int maxPending;
    private double peak;

    /// @param limit tolerated rate ε, between 0 and 0.5, both exclusive
    /// @param maxPending open exposures to keep the place of; positive. When there is no more room, the oldest is
    ///        taken as good for ever
    /// @throws IllegalArgumentException if one of them is not within its bounds
    public RateGuard(double limit, int maxPending) {
        if (!(limit > 0 && limit < MAX_ALTERNATIVE) || maxPending <= 0) {
            throw new IllegalArgumentException("limit " + limit + ", room for " + maxPending);
        }
        this.maxPending = maxPending;
        for (int j = 0; j < FACTORS.length; j++) {
            double q = Math.min(FACTORS[j] * limit, MAX_ALTERNATIVE);
            badFactor[j] = q / limit;
            goodFactor[j] = (1 - q) / (1 - limit);
        }
    }

    /// Adds the next exposure.
    public void add(Watched exposure) {
        switch (exposure.standing()) {
            case GOOD -> good(1);
            case BAD -> {
                if (pending.isEmpty()) {
                    bad(settled);
                } else {
                    keep(exposure);
                }
            }
            case OPEN -> keep(exposure);
            case LEFT_OUT -> {
            }
        }
    }

    /// Adds so many good ones.
    ///
    /// @param count not negative
    public void good(long count) {
        Pending last = pending.peekLast();
        if (last == null) {
            good(settled, count);
        } else {
            last.goodAfter += count;
        }
    }

    /// Asks what was open again, and says whether there is an alarm; once there is, there is for ever.
    public boolean alarmed() {
        return level() >= THRESHOLD;
    }

    /// The highest mean so far, 0 without a bad exposure; there is an alarm at [#THRESHOLD]. Asks what was open again.
    public double level() {
        while (!pending.isEmpty() && pending.element().exposure.standing() != Standing.OPEN) {
            apply(pending.remove(), settled);
        }
        double[] tail = settled.clone();
        for (Pending each : pending) {
            apply(each, tail);
        }
        return peak;
    }

    private void keep(Watched exposure) {
        if (pending.size() == maxPending) {
            apply(pending.remove(), settled);
        }
        pending.add(new Pending(exposure));
    }

    private void apply(Pending one, double[] to) {
        switch (one.exposure.standing()) {
            case GOOD, OPEN -> good(to, 1 + one.goodAfter);
            case BAD -> {
                bad(to);
                good(to, one.goodAfter);
            }
            case LEFT_OUT -> good(to, one.goodAfter);
        }
    }

    private void bad(double[] to) {
        double sum = 0;
        for (int j = 0; j < to.length; j++) {
            to[j] = Math.max(to[j], 1) * badFactor[j];
            sum += to[j];
        }
        peak = Math.max(peak, sum / to.length);
    }

    /// After any number of good ones in a row C is the greater of C·rⁿ and r: as soon as it has fallen below 1, each starts anew from 1.
    private void good(double[] to, long count) {
        for (int j = 0; j < to.length; j++) {
            to[j] = Math.max(Math.max(to[j], 1) * Math.pow(goodFactor[j], (double) count), goodFactor[j]);
        }
    }
}
