package io.datadrivenchanges.publisher;

import java.util.Map;
import java.util.Optional;

import io.datadrivenchanges.publisher.SourceState.Slot;
import org.jspecify.annotations.Nullable;

/// How a term goes on from what it found. The slot is the only resume position; the topic says how far it reaches. If the
/// slot stands at or before that, then everything is either in the topic already or will be sent: `confirmed ≤ reaches` is the
/// heart of the check, since a recreated or advanced slot, a wiped topic and a lost tail all break it. And the database has to
/// have all that the topic shows, be it committed there or not, since readers take both. Immutable.
sealed interface Resumption {
    /// Stream on from `position`; `markers` are the generation's, by partition.
    record Continue(long position, Map<Integer, Marker> markers) implements Resumption {}

    /// Drop the slot, announce `generation` and read everything again.
    record NewGeneration(Reason reason, long generation) implements Resumption {}

    /// The form of [#decide].
    @FunctionalInterface
    interface Decision {
        Resumption decide(SourceState source, TopicState topic, int partitions, @Nullable Reason demanded,
                long epochSeconds);
    }

    /// Decides.
    ///
    /// @param demanded     reason to start a new generation whatever was found, or `null`
    /// @param epochSeconds the time; a wiped topic must not bring an old generation number back
    static Resumption decide(SourceState source, TopicState topic, int partitions, @Nullable Reason demanded,
            long epochSeconds) {
        long newest = topic.markers().values().stream().mapToLong(Marker::generation).max().orElse(0);
        Slot slot = source.slot();
        Reason reason = demanded != null ? demanded : doubt(source, slot, topic, partitions, newest).orElse(null);
        if (reason == null && slot != null) {
            return new Continue(slot.confirmed(), topic.markers());
        }
        return new NewGeneration(reason == null ? Reason.SLOT_MISSING : reason, Math.max(newest + 1, epochSeconds));
    }

    private static Optional<Reason> doubt(SourceState source, @Nullable Slot slot, TopicState topic, int partitions,
            long newest) {
        var markers = topic.markers().values();
        if (markers.isEmpty()) {
            return Optional.of(Reason.NO_MARKER);
        }
        if (markers.size() < partitions || markers.stream()
                .anyMatch(marker -> marker.state() != Marker.State.COMPLETE || marker.generation() != newest)) {
            return Optional.of(Reason.INCOMPLETE);
        }
        if (markers.stream().anyMatch(marker -> !marker.systemId().equals(source.systemId()))) {
            return Optional.of(Reason.OTHER_SYSTEM);
        }
        if (markers.stream().anyMatch(marker -> marker.timeline() != source.timeline())) {
            return Optional.of(Reason.OTHER_TIMELINE);
        }
        if (slot == null) {
            return Optional.of(Reason.SLOT_MISSING);
        }
        if (!slot.usable()) {
            return Optional.of(Reason.SLOT_INVALIDATED);
        }
        if (topic.reaches().isEmpty() || topic.shown().isEmpty()) {
            return Optional.of(Reason.NO_POSITION);
        }
        if (Long.compareUnsigned(slot.confirmed(), topic.reaches().getAsLong()) > 0) {
            return Optional.of(Reason.SLOT_AHEAD);
        }
        return Long.compareUnsigned(source.written(), topic.shown().getAsLong()) < 0
                ? Optional.of(Reason.DATABASE_BEHIND)
                : Optional.empty();
    }
}
