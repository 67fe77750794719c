package io.datadrivenchanges.experiment.verdict;

import java.util.Locale;

/// One condition of a promotion and how it stands. Immutable.
///
/// @param condition which
/// @param met whether it holds
/// @param actual what there is, as text
/// @param limit what there has to be, as text
public record Check(Condition condition, boolean met, String actual, String limit) {

    /// What has to hold for a promotion. That it is *all* of this costs no certainty: a wrong promotion needs the proof of what is
    /// not true to be among them.
    ///
    /// - `CHANGES`: the rate of bad changes is proven to be below the tolerated one.
    /// - `BASELINE`: the rate of keys wrong at first sight is proven to be below the tolerated one.
    /// - `MONEY`: the mean loss of a change is proven to be below the budget, one check for each currency that has one.
    /// - `SENSITIVITY`: falsified answers have proven that less than 1 % of wrong ones go unnoticed.
    /// - `SHED`: less than 1 % of the runs were shed.
    /// - `LEFT_OUT`: at most 5 % of the exposures were left out.
    /// - `EXPOSURES`, `COHORTS`, `SPAN`: as many changes were seen, in as many cohorts, over as long a time as was asked for.
    /// - `LAWS`: the counts add up.
    /// - `AUDIT`: all keys were compared after everything else held, and agree. Only where a stage goes forward by evidence and an audit is
    ///   asked for, and only while it lacks.
    public enum Condition {
        CHANGES, BASELINE, MONEY, SENSITIVITY, SHED, LEFT_OUT, EXPOSURES, COHORTS, SPAN, LAWS, AUDIT;

        /// The name in log lines, on pages and in test ids, such as `left_out`.
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
