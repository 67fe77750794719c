package io.datadrivenchanges.experiment.actuate.endpoint;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import io.datadrivenchanges.experiment.Assessment;
import io.datadrivenchanges.experiment.Cost;
import io.datadrivenchanges.experiment.verdict.Check;
import io.datadrivenchanges.experiment.verdict.Totals;
import io.datadrivenchanges.experiment.verdict.Verdict;
import org.jspecify.annotations.Nullable;

/// What the evidence says about a candidate, as endpoints show it. Immutable.
///
/// @param verdict `promote`, `continue`, `demote` or `blocked`
/// @param reason as one sentence with the numbers
/// @param lacking the conditions that do not hold, by the names of `checks`
/// @param checks every condition of a promotion and how it stands
/// @param exposures changes that were seen
/// @param bad of these, those that were wrong to the end, or failed
/// @param open of these, those that are not settled, which count as bad for a promotion
/// @param leftOut changes that say nothing
/// @param needed exposures at which the rate is proven if not one more is bad
/// @param rateBound the rate of bad changes is below this, at most 5 % in error; `null` if nothing can be said
/// @param baseline keys seen for the first time
/// @param baselineBad of these, those that were wrong
/// @param seeds answers falsified on purpose
/// @param seedsMissed of these, those that nobody noticed
/// @param instances whose counts these are
/// @param span time they were collected in
/// @param costs what the mismatches would have cost, by currency, in minor units
/// @param ages reads of changed keys by the time since the change
public record VerdictBody(String verdict, String reason, List<String> lacking, List<CheckBody> checks, long exposures,
        long bad, long open, long leftOut, long needed, @Nullable Double rateBound, long baseline, long baselineBad,
        long seeds, long seedsMissed, int instances, Duration span, SortedMap<String, CostBody> costs,
        List<AgeBody> ages) {

    /// One condition.
    public record CheckBody(String check, boolean met, String actual, String limit) {}

    /// What the mismatches would have cost in one currency, in minor units.
    ///
    /// @param worst of the single ones the farthest from 0: positive = too much
    public record CostBody(long count, long over, long under, long worst) {}

    /// Reads of one age.
    ///
    /// @param below upper end of the age; `null` for the rest
    public record AgeBody(@Nullable Duration below, long reads, long wrong) {}

    /// Shows an assessment.
    public static VerdictBody of(Assessment assessment) {
        Verdict verdict = assessment.verdict();
        Verdict.Numbers numbers = verdict.numbers();
        Totals totals = assessment.totals();
        return new VerdictBody(verdict.key(), verdict.reason(),
                verdict.checks().stream().filter(check -> !check.met()).map(check -> check.condition().key())
                        .distinct().toList(),
                verdict.checks().stream().map(VerdictBody::of).toList(), numbers.exposures(), totals.changes().bad(),
                numbers.unknown(), totals.changes().leftOut(), numbers.needed(),
                numbers.rateBound().isPresent() ? numbers.rateBound().getAsDouble() : null,
                totals.baseline().exposures(), totals.baseline().bad(), totals.seeds(), totals.seedsMissed(),
                assessment.instances(), assessment.span(), costs(assessment.costs()),
                assessment.ages().entrySet().stream().map(VerdictBody::of).toList());
    }

    private static CheckBody of(Check check) {
        return new CheckBody(check.condition().key(), check.met(), check.actual(), check.limit());
    }

    private static AgeBody of(Map.Entry<Duration, Assessment.Age> age) {
        boolean last = age.getKey().toNanos() == Long.MAX_VALUE;
        return new AgeBody(last ? null : age.getKey(), age.getValue().reads(), age.getValue().wrong());
    }

    private static SortedMap<String, CostBody> costs(SortedMap<String, Cost> costs) {
        SortedMap<String, CostBody> bodies = new TreeMap<>();
        costs.forEach((currency, cost) -> bodies.put(currency,
                new CostBody(cost.count(), cost.over(), cost.under(), cost.worst())));
        return bodies;
    }
}
