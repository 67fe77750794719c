package io.datadrivenchanges.experiment;

import java.time.Instant;

/// Holds a stage back that would go forward by evidence until *all* keys of the copies have been compared, as evidence tells nothing of a
/// key that nobody reads. Thread-safe; asked once a second by a thread of the laboratory for as long as nothing else lacks, so it must
/// return at once. One that throws is reported, and the stage stays.
@FunctionalInterface
public interface AuditGate {

    /// Whether the last audit began at this time or later, was complete, and found nothing. If none has begun since, this may begin one and
    /// answer `false` meanwhile.
    ///
    /// @param since when all other conditions have held, by the laboratory's [Time#now]
    boolean isPassed(String experiment, Instant since);
}
