package io.datadrivenchanges.experiment.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/// What evidence says about a candidate. A function of the totals and the criteria alone. Immutable.
///
/// At most 5 % of the candidates whose rate of bad changes is not below the tolerated one are ever promoted, and at most 1 % of those
/// whose rate is not above it demoted by proof, however often one asks; the [RateGuard] adds a false alarm in 10,000 exposures or more
/// on average.
public sealed interface Verdict {

    /// Greatest probability of ever saying PROMOTE of a candidate that is as bad as tolerated, or worse.
    double PROMOTE_ERROR = 0.05;

    /// Greatest probability of ever proving a candidate worse than tolerated that is not.
    double DEMOTE_ERROR = 0.01;

    /// Tolerated rate of falsified answers that nobody notices.
    double MISS_RATE = 0.01;

    /// Runs may be shed up to this share, exclusive.
    double MAX_SHED = 0.01;

    /// Exposures may be left out up to this share.
    double MAX_LEFT_OUT = 0.05;

    /// What it was judged by.
    Numbers numbers();

    /// Every condition of a promotion and how it stands.
    List<Check> checks();

    /// Why, as one sentence with the numbers.
    String reason();

    /// The name in log lines, meters and endpoints, such as `promote`.
    default String key() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /// All conditions hold: the candidate may take over.
    record Promote(Numbers numbers, List<Check> checks, String reason) implements Verdict {
        public Promote {
            checks = List.copyOf(checks);
        }

        /// The same evidence where all keys have to be compared, too, and that has not been done since, or not without finding something.
        public Continue awaitingAudit() {
            List<Check> more = new ArrayList<>(checks);
            more.add(new Check(Check.Condition.AUDIT, false, "none that is clean", "clean, after all else holds"));
            return new Continue(numbers, more, reason + "; lacking: " + Check.Condition.AUDIT.key(),
                    List.of(Check.Condition.AUDIT));
        }
    }

    /// Nothing is wrong, but something still lacks.
    ///
    /// @param lacking the conditions that do not hold yet, at least one
    record Continue(Numbers numbers, List<Check> checks, String reason, List<Check.Condition> lacking)
            implements
                Verdict {
        public Continue {
            checks = List.copyOf(checks);
            lacking = List.copyOf(lacking);
        }
    }

    /// The candidate is worse than tolerated.
    ///
    /// @param alarm whether the guard said so; else it is proven over all exposures
    record Demote(Numbers numbers, List<Check> checks, String reason, boolean alarm) implements Verdict {
        public Demote {
            checks = List.copyOf(checks);
        }
    }

    /// The evidence cannot be trusted, or there is none.
    record Blocked(Numbers numbers, List<Check> checks, String reason, Why why) implements Verdict {
        public Blocked {
            checks = List.copyOf(checks);
        }
    }

    /// Why evidence cannot be trusted.
    ///
    /// - `NO_DATA`: not one exposure yet.
    /// - `LAWS_BROKEN`: the counts do not add up.
    /// - `BLIND`: falsified answers went unnoticed, or not enough of them were noticed to rule that out.
    /// - `LOSS_BEYOND_CAP`: an exposure would have cost more than the cap that the bound on money rests on.
    enum Why {
        NO_DATA, LAWS_BROKEN, BLIND, LOSS_BEYOND_CAP;

        /// The name in log lines and endpoints, such as `no_data`.
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What a verdict was reached by. Logarithms are natural ones.
    ///
    /// @param exposures to changes, of all instances
    /// @param bad of these, open and unsettled ones included
    /// @param unknown of these, the open and unsettled ones
    /// @param needed exposures at which the rate will be proven low if not one more is bad; of all instances
    /// @param rateBound the rate is below this, with error bound 5 %, at every look; empty if that cannot be said of any
    /// @param promote wealth of the bet on a low rate, as logarithm
    /// @param promoteBoundary what it has to reach: ln 20
    /// @param demote wealth of the bet on a high rate, as logarithm
    /// @param demoteBoundary what it has to reach: ln 100
    record Numbers(long exposures, long bad, long unknown, long needed, OptionalDouble rateBound,
            double promote, double promoteBoundary, double demote, double demoteBoundary) {}

    /// Judges a fleet. Never throws on totals that could be built.
    static Verdict of(Fleet fleet, Criteria criteria) {
        return new Judge(fleet, criteria).verdict();
    }
}
