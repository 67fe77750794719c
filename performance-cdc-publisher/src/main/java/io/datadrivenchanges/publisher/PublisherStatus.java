package io.datadrivenchanges.publisher;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/// What the publisher tells about itself. Thread-safe: written by the supervisor and the change engine, read by anyone.
final class PublisherStatus {
    private final Clock clock;
    private volatile View view;
    private volatile @Nullable Instant watermark;
    private volatile @Nullable Audit audit;

    PublisherStatus(Clock clock) {
        this.clock = clock;
        view = new View(PublisherState.CHECKING, clock.instant(), "", false, 0);
    }

    synchronized void enter(PublisherState state, String detail) {
        enter(state, detail, false);
    }

    synchronized void enter(PublisherState state, String detail, boolean needsPerson) {
        Instant since = view.state() == state ? view.since() : clock.instant();
        view = new View(state, since, detail, needsPerson, view.generation());
    }

    synchronized void generation(long generation) {
        view = new View(view.state(), view.since(), view.detail(), view.needsPerson(), generation);
    }

    /// All that was committed before this time is in the topic.
    void watermark(Instant committedAt) {
        watermark = committedAt;
    }

    void audited(Audit newest) {
        audit = newest;
    }

    /// What the newest audit of this process found; `null` before the first one.
    @Nullable
    Audit audit() {
        return audit;
    }

    View view() {
        return view;
    }

    /// How long ago the watermark was committed; `null` before the first one of this process.
    @Nullable
    Duration watermarkAge() {
        Instant reached = watermark;
        if (reached == null) {
            return null;
        }
        Duration age = Duration.between(reached, clock.instant());
        return age.isNegative() ? Duration.ZERO : age;
    }

    /// @param since       when the state was entered
    /// @param detail      plain reason, or empty
    /// @param needsPerson whether waiting alone will not help
    /// @param generation  0 while unknown
    record View(PublisherState state, Instant since, String detail, boolean needsPerson, long generation) {}
}
