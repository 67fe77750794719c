package io.datadrivenchanges.benchmarks.measurement;

import java.util.List;
import java.util.function.ToDoubleFunction;

/// The middle of several turns: one lucky and one disturbed turn do not move it.
public final class Medians {
    private Medians() {}

    /// The median of a value of each; of an even number the mean of the two in the middle.
    ///
    /// @param turns at least one
    public static <T> double of(List<T> turns, ToDoubleFunction<T> value) {
        double[] sorted = turns.stream().mapToDouble(value).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
