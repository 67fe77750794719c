package io.datadrivenchanges.experiment;

import java.time.Instant;
import java.util.Optional;

import io.datadrivenchanges.experiment.audit.Audited;

/// Holds a stage back that would go forward by evidence until *all* keys of the copies have been compared, as evidence tells nothing of a
/// key that nobody reads. Thread-safe.
@FunctionalInterface
public interface AuditGate {

    /// Whether the last audit began at this time or later, was complete, and found nothing. If none has begun since, this may begin one and
    /// answer `false` meanwhile. Asked once a second by a thread of the laboratory for as long as nothing else lacks, so it must return at
    /// once. If it throws, that is reported, and the stage stays.
    ///
    /// @param since when all other conditions have held, by the laboratory's [Time#now]
    boolean isPassed(String experiment, Instant since);

    /// The newest audit that has ended, for those who show it. Must return at once.
    ///
    /// @return empty if there is none, or none is kept
    default Optional<Audited<?>> last(String experiment) {
        return Optional.empty();
    }
}
