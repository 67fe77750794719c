package io.datadrivenchanges.experiment.audit;

import java.time.Duration;

/// What an audit may cost. Immutable.
///
/// @param chunk keys per read, 1 to 100,000
/// @param keysPerSecond keys of the truth read per second at most, above 0
/// @param catchUp how long the copy is waited for when it is behind; afterwards it is compared as it is
/// @param discrepancies kept in a report at most; the rest is counted
/// @param time after which it ends with what it has found so far, positive
public record AuditLimits(int chunk, int keysPerSecond, Duration catchUp, int discrepancies, Duration time) {

    private static final int MAX_CHUNK = 100_000;
    private static final AuditLimits STANDARD = new AuditLimits(1_000, 10_000, Duration.ofSeconds(5), 1_000,
            Duration.ofHours(1));

    /// @throws IllegalArgumentException if a limit is not within its bounds
    public AuditLimits {
        if (chunk < 1 || chunk > MAX_CHUNK) {
            throw new IllegalArgumentException("chunk must be 1 to " + MAX_CHUNK + ": " + chunk);
        }
        if (keysPerSecond < 1) {
            throw new IllegalArgumentException("keysPerSecond must be above 0: " + keysPerSecond);
        }
        if (catchUp.isNegative()) {
            throw new IllegalArgumentException("catchUp must not be negative: " + catchUp);
        }
        if (discrepancies < 1) {
            throw new IllegalArgumentException("discrepancies must be above 0: " + discrepancies);
        }
        if (!time.isPositive()) {
            throw new IllegalArgumentException("time must be positive: " + time);
        }
    }

    /// 1,000 keys a read, 10,000 a second, 5 s to catch up, 1,000 discrepancies, one hour.
    public static AuditLimits standard() {
        return STANDARD;
    }
}
