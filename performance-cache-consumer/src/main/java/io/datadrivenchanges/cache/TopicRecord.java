package io.datadrivenchanges.cache;

/// A record of the topic as far as it could be understood. Immutable.
sealed interface TopicRecord {

    /// Stands for a generation, version or courier id that could not be read; real ones are positive.
    long UNREADABLE = 0;

    /// Stands for a commit time that the record does not carry.
    long NO_COMMIT_TIME = Long.MIN_VALUE;

    /// A courier's level.
    ///
    /// @param committedMicros microseconds since 1970, or [#NO_COMMIT_TIME] for a row of the snapshot
    record Change(long generation, long courierId, PerformanceLevel level, long version,
            long committedMicros) implements TopicRecord {}

    /// Steers the cache and belongs to no courier.
    sealed interface Control extends TopicRecord {
        long generation();
    }

    /// All that was committed before `committedMicros` stands before this record.
    record Heartbeat(long generation, long committedMicros) implements Control {}

    /// A generation begins, or its snapshot is complete.
    ///
    /// @param couriers number of keys that the snapshot wrote to this partition
    record Marker(long generation, boolean complete, long couriers) implements Control {}

    /// A control key of a later time.
    record Foreign() implements TopicRecord {}

    /// Could not be understood.
    sealed interface Malformed extends TopicRecord {
        String why();
    }

    /// The key names a courier, the value is of no use.
    ///
    /// @param generation of the value, or [#UNREADABLE]
    /// @param version of the value, or [#UNREADABLE]
    record MalformedChange(long courierId, long generation, long version, String why) implements Malformed {}

    /// The key names nobody: the change of any courier may have been lost.
    ///
    /// @param generation of the value, or [#UNREADABLE]
    record MalformedKey(long generation, String why) implements Malformed {}

    /// A heartbeat or marker whose value is of no use. Harmless: without it the cache is later ready or earlier stale.
    record MalformedControl(String why) implements Malformed {}
}
