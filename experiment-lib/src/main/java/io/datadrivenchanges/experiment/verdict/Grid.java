package io.datadrivenchanges.experiment.verdict;

import java.util.OptionalDouble;
import java.util.function.DoublePredicate;

/// The fixed rates an upper bound is taken from: the preferred numbers R10 (ISO 3) from a millionth to 1, ten to each power of ten, so
/// that a bound is at most 29 % above the least possible one.
final class Grid {

    private static final double[] MANTISSAS = {1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8};
    private static final double[] SCALES = {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
    private static final double[] RATES = rates();

    private Grid() {}

    /// The least rate below `end` for which something holds that, where it holds, holds for all greater ones too; empty if there is none.
    static OptionalDouble least(DoublePredicate holds, double end) {
        int from = 0;
        int to = RATES.length;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (holds.test(RATES[middle])) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return from < RATES.length && RATES[from] < end ? OptionalDouble.of(RATES[from]) : OptionalDouble.empty();
    }

    private static double[] rates() {
        double[] rates = new double[MANTISSAS.length * SCALES.length];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = MANTISSAS[i % MANTISSAS.length] * SCALES[i / MANTISSAS.length];
        }
        return rates;
    }
}
