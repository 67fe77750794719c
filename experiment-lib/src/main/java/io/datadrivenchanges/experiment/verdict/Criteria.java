package io.datadrivenchanges.experiment.verdict;

import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What has to be shown before a candidate may take over. Immutable.
///
/// @param rate tolerated rate of bad changes, between 0 and 0.5, both exclusive; default 0.001
/// @param baselineRate tolerated rate of keys that are wrong when first seen, likewise; default 0.001, which takes
///        3,556 keys to show. With fewer keys choose a higher one
/// @param budgets what a change may cost on average, by currency; default none
/// @param minExposures changes to be seen at least; default 0: as many as the proof takes
/// @param minCohorts cohorts in which changes must have been seen; default 0
/// @param minSpan time to be collected over at least; default a week, so that every hour and weekday was seen
/// @param seeded whether falsified answers have to show that the alarm works; default yes
public record Criteria(double rate, double baselineRate, SortedMap<String, Budget> budgets, long minExposures,
        int minCohorts, Duration minSpan, boolean seeded) {

    /// The defaults.
    public static final Criteria STANDARD = new Criteria(1e-3, 1e-3, new TreeMap<>(), 0, 0, Duration.ofDays(7), true);

    /// @throws IllegalArgumentException if a rate is not within its bounds or a minimum is negative
    public Criteria {
        checkRate(rate);
        checkRate(baselineRate);
        if (minExposures < 0 || minCohorts < 0 || minSpan.isNegative()) {
            throw new IllegalArgumentException("a minimum is negative");
        }
        budgets = Collections.unmodifiableSortedMap(new TreeMap<>(budgets));
    }

    /// What a change may cost.
    ///
    /// @param cap the greatest loss of a single exposure that is thought possible, in minor units, positive. One beyond it shows that
    ///        the evidence cannot be trusted
    /// @param share tolerated mean loss as a share of the cap, between 0 and 1, both exclusive
    public record Budget(long cap, double share) {

        /// @throws IllegalArgumentException if one of them is not within its bounds
        public Budget {
            if (cap <= 0 || !(share > 0 && share < 1)) {
                throw new IllegalArgumentException("cap " + cap + ", share " + share);
            }
        }
    }

    public Criteria withRate(double tolerated) {
        return new Criteria(tolerated, baselineRate, budgets, minExposures, minCohorts, minSpan, seeded);
    }

    public Criteria withBaselineRate(double tolerated) {
        return new Criteria(rate, tolerated, budgets, minExposures, minCohorts, minSpan, seeded);
    }

    public Criteria withBudget(String currency, Budget budget) {
        SortedMap<String, Budget> more = new TreeMap<>(budgets);
        more.put(currency, budget);
        return new Criteria(rate, baselineRate, more, minExposures, minCohorts, minSpan, seeded);
    }

    public Criteria withMinExposures(long min) {
        return new Criteria(rate, baselineRate, budgets, min, minCohorts, minSpan, seeded);
    }

    public Criteria withMinCohorts(int min) {
        return new Criteria(rate, baselineRate, budgets, minExposures, min, minSpan, seeded);
    }

    public Criteria withMinSpan(Duration min) {
        return new Criteria(rate, baselineRate, budgets, minExposures, minCohorts, min, seeded);
    }

    public Criteria withSeeded(boolean on) {
        return new Criteria(rate, baselineRate, budgets, minExposures, minCohorts, minSpan, on);
    }

    private static void checkRate(double rate) {
        if (!(rate > 0 && rate < 0.5)) {
            throw new IllegalArgumentException("a tolerated rate must lie between 0 and 0.5: " + rate);
        }
    }
}
