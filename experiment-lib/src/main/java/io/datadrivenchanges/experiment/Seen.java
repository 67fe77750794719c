package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/// What a behaviour did in one run, and when. Immutable as far as the values in it are.
///
/// @param outcome what came of it; of a control, the value in it is the caller's by now
/// @param part the projection of a returned value; `null` if there is none
/// @param version of the value; negative = unknown
/// @param staleness upper bound of the value's age; `null` = unknown
/// @param started a moment not later than its start, in [Time#nanos]
/// @param ended a moment not earlier than its end
/// @param timed whether both are exact, so that their difference is its duration
/// @param <T> type of the value
record Seen<T extends @Nullable Object>(Outcome<T> outcome, @Nullable Object part, long version,
        @Nullable Duration staleness, long started, long ended, boolean timed) {

    /// Without a value.
    Seen(Outcome<T> outcome, long started, long ended, boolean timed) {
        this(outcome, null, Draft.UNKNOWN_VERSION, null, started, ended, timed);
    }

    /// @param shown makes a part fit to be shown
    Report.Observation observation(Redaction shown, Map<String, String> context) {
        Outcome<@Nullable Object> cleaned = switch (outcome) {
            case Outcome.Returned<T> returned -> new Outcome.Returned<@Nullable Object>(shown.of(part));
            case Outcome.Threw<T> threw -> new Outcome.Threw<@Nullable Object>(threw.error());
            case Outcome.TimedOut<T> late -> new Outcome.TimedOut<@Nullable Object>(late.limit());
            case Outcome.NotRun<T> not -> new Outcome.NotRun<@Nullable Object>(not.why());
        };
        Duration duration = timed ? Duration.ofNanos(Math.max(1, ended - started)) : null;
        return new Report.Observation(cleaned, version, staleness, duration, context);
    }
}
