package io.datadrivenchanges.cache;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// A local copy with its own time, fed record by record.
final class Topic {
    static final Duration MAX_STALENESS = Duration.ofSeconds(3);
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    final Counts counts = new Counts();
    final LocalCopy copy;
    private final int partitions;
    private Duration wall = Duration.ZERO;
    private long nanoTime;
    private long offset;

    Topic() {
        this(1, Duration.ZERO);
    }

    Topic(int partitions, Duration clockError) {
        this.partitions = partitions;
        // Beginning just below the overflow: a bound must not care.
        nanoTime = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();
        copy = new LocalCopy(partitions, MAX_STALENESS, clockError, () -> START.plus(wall), () -> nanoTime, counts);
    }

    Topic read(TopicRecord record) {
        return read(0, record);
    }

    Topic read(int partition, TopicRecord record) {
        copy.read(partition, offset++, record);
        return this;
    }

    Topic change(long generation, long courierId, long version, PerformanceLevel level) {
        return read(new TopicRecord.Change(generation, courierId, level, version, nowMicros()));
    }

    Topic building(long generation) {
        for (int partition = 0; partition < partitions; partition++) {
            read(partition, new TopicRecord.Marker(generation, false, 0));
        }
        return this;
    }

    Topic complete(long generation, long couriers) {
        return read(new TopicRecord.Marker(generation, true, couriers));
    }

    /// A heartbeat that was committed so long ago, in every partition.
    Topic heartbeat(long generation, Duration age) {
        for (int partition = 0; partition < partitions; partition++) {
            read(partition, new TopicRecord.Heartbeat(generation, nowMicros() - age.toNanos() / 1000));
        }
        return this;
    }

    Topic heartbeat(long generation) {
        return heartbeat(generation, Duration.ZERO);
    }

    Topic caughtUp() {
        copy.caughtUp();
        return this;
    }

    Topic pass(Duration time) {
        wall = wall.plus(time);
        nanoTime += time.toNanos();
        return this;
    }

    Topic jumpWallClock(Duration time) {
        wall = wall.plus(time);
        return this;
    }

    long nanoTime() {
        return nanoTime;
    }

    long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, START.plus(wall));
    }

    /// A copy that is ready and holds courier 42 as HIGH in version 7, in generation 5.
    static Topic ready() {
        return new Topic().building(5).change(5, 42, 7, PerformanceLevel.HIGH).complete(5, 1).heartbeat(5).caughtUp();
    }
}
