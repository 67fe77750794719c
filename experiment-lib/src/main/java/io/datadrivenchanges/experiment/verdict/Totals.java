package io.datadrivenchanges.experiment.verdict;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// All that one instance of a service has counted of an experiment in one epoch, from its start to its end. Immutable.
///
/// Totals only grow, and are stored by overwriting those of the same instance and epoch, so that a restart, which begins the next
/// epoch, neither loses nor doubles anything.
///
/// @param changes exposures to a change: the first compared read of a key after the control's version rose, and later divergences
/// @param baseline first compared reads of a key
/// @param cohorts the changes by cohort
/// @param losses what the changes would have cost, by currency
/// @param beyondCap exposures that would have cost more than the cap
/// @param seeds answers falsified on purpose
/// @param seedsMissed of these, those that nobody noticed
/// @param runs started
/// @param shed runs not compared for want of a free worker
/// @param lawsIntact whether the counts added up
/// @param alarm whether the [RateGuard] has raised its alarm
public record Totals(Counts changes, Counts baseline, SortedMap<String, Counts> cohorts,
        SortedMap<String, Losses> losses, long beyondCap, long seeds, long seedsMissed, long runs, long shed,
        boolean lawsIntact, boolean alarm) {

    public static final Totals NONE = new Totals(Counts.NONE, Counts.NONE, new TreeMap<>(), new TreeMap<>(), 0, 0, 0, 0,
            0, true, false);

    /// @throws IllegalArgumentException if a count is negative, or more seeds were missed or runs shed than there were
    public Totals {
        if (beyondCap < 0 || seedsMissed < 0 || seedsMissed > seeds || shed < 0 || shed > runs) {
            throw new IllegalArgumentException("counts contradict each other");
        }
        cohorts = copy(cohorts);
        losses = copy(losses);
    }

    /// Those of two epochs of one instance, or of instances with disjoint keys.
    public Totals plus(Totals others) {
        SortedMap<String, Counts> bothCohorts = new TreeMap<>(cohorts);
        others.cohorts.forEach((name, counts) -> bothCohorts.merge(name, counts, Counts::plus));
        SortedMap<String, Losses> bothLosses = new TreeMap<>(losses);
        others.losses.forEach((currency, more) -> bothLosses.merge(currency, more, Losses::plus));
        return new Totals(changes.plus(others.changes), baseline.plus(others.baseline), bothCohorts, bothLosses,
                beyondCap + others.beyondCap, seeds + others.seeds, seedsMissed + others.seedsMissed,
                runs + others.runs, shed + others.shed, lawsIntact && others.lawsIntact, alarm || others.alarm);
    }

    /// As one line of printable ASCII, to be stored.
    public String text() {
        return TotalsText.write(this);
    }

    /// From what [#text] gave.
    ///
    /// @throws IllegalArgumentException if it is something else
    public static Totals ofText(String text) {
        return TotalsText.read(text);
    }

    private static <V> SortedMap<String, V> copy(Map<String, V> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
