package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.List;

/// When the candidate is read again after a mismatch, to tell a late value from a wrong one. Immutable.
///
/// @param ladder the rungs: times since the mismatch was seen, or since the control's value changed under the re-check; rising,
///        at most 16, the last at most an hour. Empty: no re-check, the versions alone settle a mismatch at once
public record Recheck(List<Duration> ladder) {

    private static final int MAX_RUNGS = 16;
    private static final Duration MAX_LAST = Duration.ofHours(1);

    /// Steps of about three: the time to converge is known to a factor of three, after eight reads at most.
    private static final Recheck STANDARD = at(Duration.ofMillis(10), Duration.ofMillis(30), Duration.ofMillis(100),
            Duration.ofMillis(300), Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(10),
            Duration.ofSeconds(30));
    private static final Recheck NONE = new Recheck(List.of());

    /// @throws IllegalArgumentException if the rungs are too many, too late, not positive or not rising
    public Recheck {
        ladder = List.copyOf(ladder);
        if (ladder.size() > MAX_RUNGS) {
            throw new IllegalArgumentException("at most " + MAX_RUNGS + " rungs: " + ladder);
        }
        Duration below = Duration.ZERO;
        for (Duration rung : ladder) {
            if (rung.compareTo(below) <= 0 || rung.compareTo(MAX_LAST) > 0) {
                throw new IllegalArgumentException("rungs must rise from above 0 to at most 1 hour: " + ladder);
            }
            below = rung;
        }
    }

    /// Re-checks after 10, 30, 100, 300 ms, 1, 3, 10 and 30 s. The default.
    public static Recheck standard() {
        return STANDARD;
    }

    /// No re-check: a mismatch is settled at once, by the versions alone.
    public static Recheck none() {
        return NONE;
    }

    /// Re-checks at these times.
    ///
    /// @throws IllegalArgumentException as the constructor
    public static Recheck at(Duration... rungs) {
        return new Recheck(List.of(rungs));
    }
}
