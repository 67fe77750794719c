package io.datadrivenchanges.cache;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The couriers as the topic tells them, and what may be said about them. Knows nothing of Kafka's clients.
///
/// Records change the *newest* generation only. It answers once it is complete and the topic has been read to the end
/// taken at the start; until then, and until its first heartbeat, the generation before it goes on answering, for as long
/// as its own staleness bound holds. What answers is one reference, swapped by one volatile write, so that a lookup sees all of the old or all of
/// the new.
///
/// One thread writes ([#read], [#caughtUp], [#silence]); any thread may look up.
final class LocalCopy {
    private static final Logger log = LoggerFactory.getLogger(LocalCopy.class);
    private static final int MAX_QUARANTINE_LINES = 20;
    /// Differences of `nanoTime` must not overflow, whatever a heartbeat claims.
    private static final long MAX_DELAY_MICROS = TimeUnit.DAYS.toMicros(365);

    private final int partitions;
    private final long maxStalenessNanos;
    private final long clockErrorNanos;
    private final InstantSource wallClock;
    private final LongSupplier nanoTime;
    private final Counts counts;
    private final SampledReads reads;
    private final List<AppliedListener> listeners = new CopyOnWriteArrayList<>();
    /// Couriers, with their partition, whose last record names no generation that could be read.
    private final Map<Long, Integer> poisonedOfUnknownGeneration = new HashMap<>();

    private Generation newest;
    private boolean caughtUp;
    private int quarantineLines;
    private volatile Voice voice;

    LocalCopy(int partitions, Duration maxStaleness, Duration clockError, InstantSource wallClock,
            LongSupplier nanoTime, Counts counts) {
        this.partitions = partitions;
        this.maxStalenessNanos = maxStaleness.toNanos();
        this.clockErrorNanos = clockError.toNanos();
        this.wallClock = wallClock;
        this.nanoTime = nanoTime;
        this.counts = counts;
        reads = new SampledReads(partitions, wallClock, clockError, nanoTime.getAsLong());
        newest = new Generation(TopicRecord.UNREADABLE, partitions);
        voice = new Silent(CacheState.STARTING, Lookup.Reason.STARTING);
    }

    /// Who answers.
    private sealed interface Voice {}

    private record Silent(CacheState state, Lookup.Reason reason) implements Voice {
        Lookup unknown() {
            return new Lookup.Unknown(reason);
        }
    }

    private record Speaking(Generation generation) implements Voice {}

    Lookup lookup(long courierId) {
        Lookup answer = answer(courierId, true);
        counts.lookups(switch (answer) {
            case Lookup.Known _ -> Counts.Answer.KNOWN;
            case Lookup.Absent _ -> Counts.Answer.ABSENT;
            case Lookup.Unknown(Lookup.Reason reason) -> Counts.Answer.of(reason);
        }).increment();
        return answer;
    }

    /// The same answer, for the cache's own purposes: neither counted nor sampled.
    Lookup peek(long courierId) {
        return answer(courierId, false);
    }

    Consistency consistency() {
        return reads.consistency();
    }

    /// The couriers of the generation that answers; empty if none does, or none can be trusted.
    Optional<Couriers> couriers() {
        return voice instanceof Speaking(Generation generation) && !generation.isUntrusted()
                ? Optional.of(new GenerationInOrder(generation, clockErrorNanos,
                        () -> isAnswering(generation) && !generation.isUntrusted()))
                : Optional.empty();
    }

    private Lookup answer(long courierId, boolean sampling) {
        return switch (voice) {
            case Silent silent -> silent.unknown();
            case Speaking(Generation generation) -> answer(generation, courierId, sampling);
        };
    }

    /// The watermark is read before the entry and the clock after it: whatever happens between, even a frozen process,
    /// the bound cannot come out smaller than the truth.
    private Lookup answer(Generation generation, long courierId, boolean sampling) {
        boolean beating = generation.watermark().isKnown();
        long moment = generation.watermark().moment();
        Entry entry = generation.entries().get(courierId);
        if (generation.isUntrusted()) {
            return new Lookup.Unknown(Lookup.Reason.UNTRUSTED);
        }
        long now = nanoTime.getAsLong();
        long bound = beating ? now - moment + clockErrorNanos : Watermark.UNKNOWN;
        if (isStale(bound)) {
            return new Lookup.Unknown(Lookup.Reason.STALE);
        }
        if (entry != null && entry.isPoisoned()) {
            return new Lookup.Unknown(Lookup.Reason.POISONED);
        }
        if (sampling) {
            reads.offer(generation, courierId, entry == null ? 0 : entry.version(), now);
        }
        return entry == null
                ? new Lookup.Absent(Duration.ofNanos(bound))
                : new Lookup.Known(entry.level(), entry.version(), entry.committedAt(), Duration.ofNanos(bound));
    }

    /// The state together with what belongs to it.
    ///
    /// @param behind records before the end taken at the start, -1 if not known
    /// @param doing what the reader is doing, for a state that the copy does not explain by itself
    CacheStatus status(long behind, String doing) {
        return switch (voice) {
            case Silent(CacheState state, _) -> new CacheStatus(state, 0, 0, behind, null,
                    behind == 0 ? "waiting for a complete generation" : doing);
            case Speaking(Generation generation) -> {
                long bound = bound(generation);
                CacheState state = state(generation, bound);
                yield new CacheStatus(state, generation.number(), generation.entries().size(), behind,
                        bound == Watermark.UNKNOWN ? null : Duration.ofNanos(bound),
                        state == CacheState.DEGRADED ? complaint(generation) : doing);
            }
        };
    }

    CacheState state() {
        return switch (voice) {
            case Silent silent -> silent.state();
            case Speaking(Generation generation) -> state(generation, bound(generation));
        };
    }

    private CacheState state(Generation generation, long bound) {
        return generation.isUntrusted() || isStale(bound) ? CacheState.DEGRADED : CacheState.READY;
    }

    private boolean isStale(long bound) {
        return bound > maxStalenessNanos;
    }

    private String complaint(Generation generation) {
        return generation.isUntrusted()
                ? "a record without a readable key went by"
                : "no heartbeat within " + Duration.ofNanos(maxStalenessNanos);
    }

    private long bound(Generation generation) {
        Watermark watermark = generation.watermark();
        return watermark.isKnown()
                ? nanoTime.getAsLong() - watermark.moment() + clockErrorNanos
                : Watermark.UNKNOWN;
    }

    void listen(AppliedListener listener) {
        listeners.add(listener);
    }

    void forget(AppliedListener listener) {
        listeners.remove(listener);
    }

    /// Takes in the next record of a partition.
    void read(int partition, long offset, TopicRecord record) {
        counts.read().increment();
        if (record instanceof TopicRecord.Change change) {
            // By far the most frequent: kept apart from the switch, whose first use costs a start tens of milliseconds.
            change(partition, offset, change);
            return;
        }
        switch (record) {
            case TopicRecord.Change change -> change(partition, offset, change);
            case TopicRecord.Control control -> control(partition, control);
            case TopicRecord.Malformed malformed -> malformed(partition, offset, malformed);
            case TopicRecord.Foreign _ -> counts.ignored(Counts.Ignored.FOREIGN).increment();
        }
    }

    /// Every partition has been read to the end that it had at the start.
    void caughtUp() {
        caughtUp = true;
        publishIfComplete();
    }

    /// Forgets everything and gives this reason from now on.
    void silence(CacheState state, Lookup.Reason reason) {
        voice = new Silent(state, reason);
        reads.answering(null);
        newest = new Generation(TopicRecord.UNREADABLE, partitions);
        poisonedOfUnknownGeneration.clear();
        caughtUp = false;
        quarantineLines = 0;
    }

    private void change(int partition, long offset, TopicRecord.Change change) {
        if (superseded(change.generation())) {
            return;
        }
        var offer = newest.entries().offer(change);
        switch (offer.fate()) {
            case APPLIED -> {
                counts.applied().increment();
                if (!poisonedOfUnknownGeneration.isEmpty()) {
                    poisonedOfUnknownGeneration.remove(change.courierId());
                }
                if (isAnswering(newest)) {
                    reads.applied(change);
                    tell(change, offer.oldVersion());
                } else {
                    publishIfComplete();
                }
            }
            case OLDER -> counts.ignored(Counts.Ignored.OLDER).increment();
            case DUPLICATE -> counts.ignored(Counts.Ignored.DUPLICATE).increment();
            case CONFLICT -> {
                counts.poisoned().increment();
                counts.conflicts().increment();
                reads.poisoned(change.courierId());
                quarantined(partition, offset, "courier " + change.courierId(),
                        "version " + change.version() + " has two levels");
            }
        }
    }

    private void control(int partition, TopicRecord.Control control) {
        if (control instanceof TopicRecord.Marker marker && !marker.complete()
                && marker.generation() >= newest.number()) {
            // All that the partition has of this generation stands behind its beginning.
            poisonedOfUnknownGeneration.values().removeIf(poisoned -> poisoned == partition);
        }
        if (superseded(control.generation())) {
            return;
        }
        counts.control().increment();
        switch (control) {
            case TopicRecord.Heartbeat heartbeat -> {
                newest.watermark().beat(partition, nanoTime.getAsLong(), delayNanos(heartbeat.committedMicros()));
                publishIfComplete();
                if (isAnswering(newest)) {
                    reads.beat(partition, heartbeat.committedMicros());
                }
            }
            case TopicRecord.Marker marker -> {
                if (marker.complete()) {
                    newest.completed(partition, marker.couriers());
                    publishIfComplete();
                }
            }
        }
    }

    private long delayNanos(long committedMicros) {
        long nowMicros = ChronoUnit.MICROS.between(Instant.EPOCH, wallClock.instant());
        return TimeUnit.MICROSECONDS.toNanos(Math.clamp(nowMicros - committedMicros, 0, MAX_DELAY_MICROS));
    }

    private void malformed(int partition, long offset, TopicRecord.Malformed malformed) {
        switch (malformed) {
            case TopicRecord.MalformedChange change -> {
                if (change.generation() == TopicRecord.UNREADABLE) {
                    poisonEverywhere(partition, change.courierId());
                } else if (superseded(change.generation())) {
                    return;
                } else {
                    newest.entries().poison(change.courierId(), change.version());
                    publishIfComplete();
                }
                reads.poisoned(change.courierId());
                quarantined(partition, offset, "courier " + change.courierId(), change.why());
            }
            case TopicRecord.MalformedKey key -> {
                if (key.generation() == TopicRecord.UNREADABLE) {
                    newest.distrust();
                    if (voice instanceof Speaking(Generation generation)) {
                        generation.distrust();
                    }
                } else if (superseded(key.generation())) {
                    return;
                } else {
                    newest.distrust();
                }
                quarantined(partition, offset, "all couriers", key.why());
            }
            case TopicRecord.MalformedControl control -> quarantined(partition, offset, "nobody", control.why());
        }
        counts.poisoned().increment();
    }

    /// The record may belong to the generation that answers, to the newest one, or to one whose first readable record is
    /// still to come: compaction may have taken the records before it. So it is remembered until one of the courier's
    /// records can be read or its partition is seen to begin a generation.
    private void poisonEverywhere(int partition, long courierId) {
        if (voice instanceof Speaking(Generation generation)) {
            generation.entries().poison(courierId, TopicRecord.UNREADABLE);
        }
        newest.entries().poison(courierId, TopicRecord.UNREADABLE);
        poisonedOfUnknownGeneration.put(courierId, partition);
        publishIfComplete();
    }

    /// Opens a generation that is higher than all before; counts a record of a lower one as ignored.
    private boolean superseded(long generation) {
        if (generation < newest.number()) {
            counts.ignored(Counts.Ignored.SUPERSEDED).increment();
            return true;
        }
        if (generation > newest.number()) {
            newest = new Generation(generation, partitions);
            for (Long courierId : poisonedOfUnknownGeneration.keySet()) {
                newest.entries().poison(courierId, TopicRecord.UNREADABLE);
            }
        }
        return false;
    }

    private boolean isCaughtUp() {
        return caughtUp;
    }

    private boolean isAnswering(Generation generation) {
        return voice instanceof Speaking(Generation answering) && answering == generation;
    }

    private void publishIfComplete() {
        if (isCaughtUp() && !isAnswering(newest) && newest.isComplete()
                && (voice instanceof Silent || newest.watermark().isKnown())) {
            voice = new Speaking(newest);
            reads.answering(newest);
        }
    }

    private void tell(TopicRecord.Change change, long oldVersion) {
        if (!listeners.isEmpty()) {
            long now = nanoTime.getAsLong();
            listeners.forEach(listener -> tell(listener, change, oldVersion, now));
        }
    }

    private void tell(AppliedListener listener, TopicRecord.Change change, long oldVersion, long now) {
        try {
            listener.applied(change.courierId(), oldVersion, change.version(),
                    Entry.instant(change.committedMicros()), now);
        } catch (RuntimeException e) {
            listeners.remove(listener);
            log.error("Removed a listener of the performance cache that throws", e);
        }
    }

    private void quarantined(int partition, long offset, String whom, String why) {
        if (quarantineLines++ >= MAX_QUARANTINE_LINES) {
            return;
        }
        log.atWarn()
                .addKeyValue("event.action", "cache.record.quarantined")
                .addKeyValue("kafka.partition", partition)
                .addKeyValue("kafka.offset", offset)
                .log("Quarantined {}: {} at {}-{}{}", whom, why, partition, offset,
                        quarantineLines == MAX_QUARANTINE_LINES ? "; further ones are only counted" : "");
    }
}
