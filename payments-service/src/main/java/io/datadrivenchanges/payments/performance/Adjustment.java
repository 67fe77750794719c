package io.datadrivenchanges.payments.performance;

import io.datadrivenchanges.cache.PerformanceLevel;

/// What a performance level adds to the base of a payment. Integers only: minor units and basis points.
public final class Adjustment {
    /// Stored with each payment: which shares and which rounding made its total.
    public static final int RULE_VERSION = 1;

    private static final int BASIS_POINTS = 10_000;

    private Adjustment() {}

    /// The share of the base that a level adds, in basis points.
    public static int basisPoints(PerformanceLevel level) {
        return switch (level) {
            case NORMAL -> 0;
            case HIGH -> 1_000;
            case OUTSTANDING -> 2_000;
        };
    }

    /// The share of a base, rounded once, half to even.
    ///
    /// @param base minor units, not negative
    /// @param basisPoints not negative
    /// @return minor units
    /// @throws ArithmeticException if the product does not fit into a `long`
    public static long halfEven(long base, int basisPoints) {
        long product = Math.multiplyExact(base, (long) basisPoints);
        long quotient = product / BASIS_POINTS;
        long rest = product % BASIS_POINTS;
        boolean up = rest > BASIS_POINTS / 2 || (rest == BASIS_POINTS / 2 && (quotient & 1) == 1);
        return up ? quotient + 1 : quotient;
    }
}
