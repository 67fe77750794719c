package io.datadrivenchanges.publisher;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import io.datadrivenchanges.publisher.Change.Position;
import io.datadrivenchanges.publisher.ChangeEngine.Marks;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Hands changes over to Kafka without waiting, and marks them only after Kafka committed them.
///
/// The engine calls with single records, so waiting here for each acknowledgement would cost a round trip per record. Every 5 s
/// or 5,000 records the transaction is committed, which waits for all acknowledgements, and then one mark covers the whole
/// prefix: the slot never passes a record that Kafka has not got. Whatever is thrown leaves the rest unmarked and ends the
/// engine; the next one gets those records again.
///
/// Called on the engine's thread only; [#drain], [#drained], [#silence] may be called from anywhere.
final class ChangeHandler {
    static final int MAX_UNCOMMITTED = 5_000;
    private static final Duration MARKER_INTERVAL = Duration.ofMinutes(1);
    /// A send right behind a commit makes the broker wait 20 ms for the end of the transaction.
    private static final Duration PAUSE_AFTER_COMMIT = Duration.ofMillis(2);

    private final TopicWriter topic;
    private final String publisher;
    private final PublisherStatus status;
    private final PublisherMetrics metrics;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Duration commitInterval;

    private final long[] couriers;
    private final Marker generation;
    private boolean building;
    private int uncommitted;
    private long uncommittedSince;
    private long markerSentAt;
    private @Nullable Position reached;
    private @Nullable SourceRecord last;

    private volatile boolean draining;
    private volatile boolean drained;
    private volatile boolean busy;
    private volatile long idleSince;

    /// @param markers the generation's, one per partition; `BUILDING` if its snapshot is still to come
    ChangeHandler(TopicWriter topic, Map<Integer, Marker> markers, String publisher, PublisherStatus status,
            PublisherMetrics metrics, Clock clock, LongSupplier nanoTime, Duration commitInterval) {
        this.topic = topic;
        this.publisher = publisher;
        this.status = status;
        this.metrics = metrics;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.commitInterval = commitInterval;
        couriers = new long[topic.partitions()];
        markers.forEach((partition, marker) -> couriers[partition] = marker.couriers());
        generation = markers.values().iterator().next();
        building = generation.state() == Marker.State.BUILDING;
        markerSentAt = nanoTime.getAsLong();
        idleSince = markerSentAt;
    }

    /// Commits and marks with the next call, after which nothing more is to be handed over.
    void drain() {
        draining = true;
    }

    /// Whether everything handed over before [#drain] is committed and marked.
    boolean drained() {
        return drained;
    }

    /// How long the engine has delivered nothing; zero while a delivery is at work.
    Duration silence() {
        return busy ? Duration.ZERO : Duration.ofNanos(nanoTime.getAsLong() - idleSince);
    }

    /// Takes what the engine has read, which may be nothing.
    ///
    /// @param marks told how far everything is safe, before this returns
    void handle(List<SourceRecord> records, Marks marks) {
        boolean lastTime = draining;
        busy = true;
        try {
            topic.failIfAnySendFailed();
            for (SourceRecord record : records) {
                Change change = ChangeMapper.read(record);
                boolean snapshot = change.position().snapshot();
                if (snapshot && !building) {
                    throw new IllegalStateException("The engine took a snapshot although it was told to continue");
                }
                if (!snapshot && building) {
                    complete(change.position(), marks);
                }
                publish(change);
                reached = change.position();
                last = record;
                if (uncommitted >= MAX_UNCOMMITTED) {
                    settle(marks);
                }
            }
            if (lastTime || (last != null && nanoTime.getAsLong() - uncommittedSince >= commitInterval.toNanos())) {
                settle(marks);
            }
            drained = lastTime;
        } finally {
            if (!records.isEmpty()) {
                idleSince = nanoTime.getAsLong();
            }
            busy = false;
        }
    }

    private void publish(Change change) {
        switch (change) {
            case Change.Courier courier -> publish(courier);
            case Change.Heartbeat heartbeat -> publish(heartbeat);
            case Change.Removal removal -> throw new GenerationNeededException(removal.reason());
            case Change.Irrelevant _ -> uncommittedSince = uncommitted == 0 ? nanoTime.getAsLong() : uncommittedSince;
        }
    }

    private void publish(Change.Courier courier) {
        Instant now = clock.instant();
        TopicRecord record = TopicRecord.of(courier, generation.generation());
        int partition = topic.partitionOf(record.key());
        if (courier.position().snapshot()) {
            couriers[partition]++;
        }
        Instant committedAt = courier.committedAt();
        if (committedAt != null) {
            metrics.delay(Duration.between(committedAt, now));
        }
        metrics.record(courier.position().operation());
        send(partition, record, courier.position(), now, () -> {});
    }

    private void publish(Change.Heartbeat heartbeat) {
        TopicRecord record = TopicRecord.of(heartbeat, generation.generation(), publisher);
        var missing = new AtomicInteger(topic.partitions());
        Instant now = clock.instant();
        metrics.record(PublisherMetrics.HEARTBEAT);
        for (int partition = 0; partition < topic.partitions(); partition++) {
            send(partition, record, heartbeat.position(), now, () -> {
                if (missing.decrementAndGet() == 0) {
                    status.watermark(heartbeat.committedAt());
                }
            });
        }
    }

    private void send(int partition, TopicRecord record, @Nullable Position position, Instant now, Runnable onAck) {
        if (uncommitted++ == 0) {
            uncommittedSince = nanoTime.getAsLong();
        }
        topic.send(partition, record, position, ChronoUnit.MICROS.between(Instant.EPOCH, now), onAck);
    }

    /// The first change behind the snapshot proves its end, also of an empty table.
    private void complete(Position position, Marks marks) {
        settle(marks);
        building = false;
        reached = position;
        sendMarkers();
        settle(marks);
        status.enter(PublisherState.STREAMING, "");
    }

    private void sendMarkers() {
        Instant now = clock.instant();
        for (int partition = 0; partition < topic.partitions(); partition++) {
            var marker = new Marker(generation.generation(), Marker.State.COMPLETE, couriers[partition],
                    generation.systemId(), generation.timeline(), generation.reason(), now);
            send(partition, TopicRecord.of(marker), reached, now, () -> {});
        }
        markerSentAt = nanoTime.getAsLong();
    }

    private void settle(Marks marks) {
        topic.commit();
        SourceRecord marked = last;
        if (marked != null) {
            marks.upTo(marked);
            last = null;
        }
        uncommitted = 0;
        uncommittedSince = nanoTime.getAsLong();
        if (!draining) {
            LockSupport.parkNanos(PAUSE_AFTER_COMMIT.toNanos());
            if (!building && nanoTime.getAsLong() - markerSentAt >= MARKER_INTERVAL.toNanos()) {
                sendMarkers();
            }
        }
    }
}
