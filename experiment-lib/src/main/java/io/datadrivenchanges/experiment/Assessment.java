package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

import io.datadrivenchanges.experiment.verdict.Totals;
import io.datadrivenchanges.experiment.verdict.Verdict;

/// What this process has found out about a candidate since it began to collect, and what follows from it. Immutable.
///
/// @param verdict on these totals alone; those of other instances are not in it
/// @param totals what was counted
/// @param span for how long
/// @param ages reads of changed keys by the time since the change was first seen, in order: keys are the upper ends, exclusive; the last
///        has none, which is `Long.MAX_VALUE` nanoseconds
/// @param costs what the mismatches would have cost, by currency, since the start of the process
/// @param costsRefused costs that are not in there, as they would have taken a total beyond a `long`, or were of too many currencies
public record Assessment(Verdict verdict, Totals totals, Duration span, SequencedMap<Duration, Age> ages,
        SortedMap<String, Cost> costs, long costsRefused) {

    public Assessment {
        ages = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(ages));
        costs = Collections.unmodifiableSortedMap(new TreeMap<>(costs));
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
