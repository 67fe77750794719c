package io.datadrivenchanges.experiment;

/// What the mismatches of an experiment would have cost in one currency had the candidate answered, in minor units. Exact. Immutable.
///
/// @param count of mismatches
/// @param over paid too much, their sum, not negative
/// @param under paid too little, their sum, not negative
/// @param worst of the single ones the farthest from 0, with its sign: positive = too much; 0 if there is none
public record Cost(long count, long over, long under, long worst) {

    /// Nothing.
    public static final Cost NONE = new Cost(0, 0, 0, 0);

    /// What would have been paid too much on balance.
    public long sum() {
        return over - under;
    }

    /// @throws ArithmeticException if a total is beyond a `long`
    Cost plus(long minorUnits) {
        return new Cost(count + 1, minorUnits > 0 ? Math.addExact(over, minorUnits) : over,
                minorUnits < 0 ? Math.subtractExact(under, minorUnits) : under,
                isFarther(minorUnits) ? minorUnits : worst);
    }

    private boolean isFarther(long minorUnits) {
        return belowZero(minorUnits) < belowZero(worst);
    }

    /// Below 0 every `long` has a place, above it the least has not.
    private static long belowZero(long minorUnits) {
        return minorUnits > 0 ? -minorUnits : minorUnits;
    }
}
