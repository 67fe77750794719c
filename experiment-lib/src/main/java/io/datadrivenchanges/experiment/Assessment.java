package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

import io.datadrivenchanges.experiment.verdict.Totals;
import io.datadrivenchanges.experiment.verdict.Verdict;

/// What has been found out about a candidate since the collecting began, and what follows from it. Where instances share a
/// [StageStore], verdict, totals and span are of all of them, as they were at the last look, a second ago at most; else of this process.
/// Immutable.
///
/// @param verdict on these totals
/// @param totals what was counted, added up: to be shown, not to be proven with
/// @param instances whose totals these are, those that have ended included
/// @param span for how long
/// @param ages reads of changed keys by the time since the change was first seen, in order: keys are the upper ends, exclusive; the last
///        has none, which is `Long.MAX_VALUE` nanoseconds; of this process
/// @param costs what the mismatches of this process would have cost, by currency, since its start
/// @param costsRefused costs that are not in there, as they would have taken a total beyond a `long`, or were of too many currencies
public record Assessment(Verdict verdict, Totals totals, int instances, Duration span,
        SequencedMap<Duration, Age> ages, SortedMap<String, Cost> costs, long costsRefused) {

    public Assessment {
        ages = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(ages));
        costs = Collections.unmodifiableSortedMap(new TreeMap<>(costs));
    }

    /// The same while a clean audit is all that lacks.
    Assessment awaitingAudit() {
        return verdict instanceof Verdict.Promote promote
                ? new Assessment(promote.awaitingAudit(), totals, instances, span, ages, costs, costsRefused)
                : this;
    }

    /// As one JSON object, without a line break. Amounts are in minor units.
    String json(String experiment, String candidate) {
        Verdict.Numbers numbers = verdict.numbers();
        Json json = new Json().open()
                .text("experiment_name", experiment)
                .text("candidate_name", candidate)
                .text("verdict", verdict.key())
                .text("reason", verdict.reason())
                .number("exposures", numbers.exposures())
                .number("bad", totals.changes().bad())
                .number("open", numbers.unknown())
                .number("left_out", totals.changes().leftOut())
                .number("needed", numbers.needed())
                .number("baseline", totals.baseline().exposures())
                .number("baseline_bad", totals.baseline().bad())
                .number("seeds", totals.seeds())
                .number("seeds_missed", totals.seedsMissed())
                .key("costs")
                .open();
        costs.forEach((currency, cost) -> json.key(currency)
                .open()
                .number("count", cost.count())
                .number("over", cost.over())
                .number("under", cost.under())
                .number("worst", cost.worst())
                .close());
        return json.close().number("costs_refused", costsRefused).close().toString();
    }

    /// Reads of one age.
    ///
    /// @param reads compared
    /// @param wrong of these, those that were not equal
    public record Age(long reads, long wrong) {}
}
