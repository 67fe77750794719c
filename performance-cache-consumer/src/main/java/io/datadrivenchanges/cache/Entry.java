package io.datadrivenchanges.cache;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import org.jspecify.annotations.Nullable;

/// What is held per courier, kept small because there are millions. Immutable.
final class Entry {
    private static final PerformanceLevel[] LEVELS = PerformanceLevel.values();
    private static final byte POISONED = -1;

    private final long version;
    private final long committedMicros;
    private final byte level;

    private Entry(long version, long committedMicros, byte level) {
        this.version = version;
        this.committedMicros = committedMicros;
        this.level = level;
    }

    @SuppressWarnings("EnumOrdinal") // one byte instead of a reference; it never leaves this process
    static Entry of(TopicRecord.Change change) {
        return new Entry(change.version(), change.committedMicros(), (byte) change.level().ordinal());
    }

    /// A courier whose level is not known until a version above this one comes.
    static Entry poisoned(long version) {
        return new Entry(version, TopicRecord.NO_COMMIT_TIME, POISONED);
    }

    long version() {
        return version;
    }

    boolean isPoisoned() {
        return level == POISONED;
    }

    /// Must not be asked of a poisoned entry.
    PerformanceLevel level() {
        return LEVELS[level];
    }

    @Nullable
    Instant committedAt() {
        return instant(committedMicros);
    }

    static @Nullable Instant instant(long micros) {
        return micros == TopicRecord.NO_COMMIT_TIME ? null : Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
