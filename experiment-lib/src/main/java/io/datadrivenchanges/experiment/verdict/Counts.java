package io.datadrivenchanges.experiment.verdict;

/// How many exposures stand how. An exposure is in here from its start, in exactly one of the counts. Immutable.
///
/// @param good equal, at once or after a while (converged)
/// @param bad wrong to the end (diverged, stale), or the candidate or the comparison failed
/// @param open unequal, not yet settled
/// @param unsettled ended without being settled, such as for want of room
/// @param superseded both sides moved on before it was settled: says nothing, left out
/// @param ignored by a rule, left out
public record Counts(long good, long bad, long open, long unsettled, long superseded, long ignored) {

    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

    /// @throws IllegalArgumentException if a count is negative
    public Counts {
        if (good < 0 || bad < 0 || open < 0 || unsettled < 0 || superseded < 0 || ignored < 0) {
            throw new IllegalArgumentException("a count is negative");
        }
    }

    /// *n*: all that say something, or may yet.
    public long exposures() {
        return good + bad + open + unsettled;
    }

    /// *k* where the rate is to be proven low: what is not known counts as bad. Otherwise a candidate would be
    /// promoted on its good answers alone, which are known at once, while the bad ones are still being looked into.
    public long badForPromotion() {
        return bad + unknown();
    }

    /// *k* where the rate is to be proven high: what is not known counts as good.
    public long badForDemotion() {
        return bad;
    }

    /// Open and unsettled ones.
    public long unknown() {
        return open + unsettled;
    }

    /// Superseded and ignored ones.
    public long leftOut() {
        return superseded + ignored;
    }

    /// Both together: only of disjoint keys, or of one instance before and after a restart. Instances that see the same
    /// changes do not give twice the evidence.
    public Counts plus(Counts others) {
        return new Counts(good + others.good, bad + others.bad, open + others.open, unsettled + others.unsettled,
                superseded + others.superseded, ignored + others.ignored);
    }
}
