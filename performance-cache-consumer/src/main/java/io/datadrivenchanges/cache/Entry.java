package io.datadrivenchanges.cache;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import org.jspecify.annotations.Nullable;

/// What is held per courier, kept small because there are millions. Immutable.
final class Entry {
    private static final PerformanceLevel[] LEVELS = PerformanceLevel.values();
    /// Stands in place of a level.
    private static final int POISONED = 3;
    private static final int LEVEL_BITS = 2;
    private static final long LEVEL_MASK = (1 << LEVEL_BITS) - 1;
    private static final long NO_COMMIT_TIME = TopicRecord.NO_COMMIT_TIME >> LEVEL_BITS;

    private final long version;
    /// Microseconds since 1970, which need 58 bits until the year 10000, and the level in the two lowest bits: a field of
    /// its own for the level would take 8 bytes more per courier.
    private final long committedMicrosAndLevel;

    private Entry(long version, long committedMicros, int level) {
        this.version = version;
        long micros = committedMicros == TopicRecord.NO_COMMIT_TIME ? NO_COMMIT_TIME : committedMicros;
        this.committedMicrosAndLevel = (micros << LEVEL_BITS) | level;
    }

    @SuppressWarnings("EnumOrdinal") // two bits instead of a reference; they never leave this process
    static Entry of(TopicRecord.Change change) {
        return new Entry(change.version(), change.committedMicros(), change.level().ordinal());
    }

    /// A courier whose level is not known until a version above this one comes.
    static Entry poisoned(long version) {
        return new Entry(version, TopicRecord.NO_COMMIT_TIME, POISONED);
    }

    long version() {
        return version;
    }

    boolean isPoisoned() {
        return (committedMicrosAndLevel & LEVEL_MASK) == POISONED;
    }

    /// Must not be asked of a poisoned entry.
    PerformanceLevel level() {
        return LEVELS[(int) (committedMicrosAndLevel & LEVEL_MASK)];
    }

    /// Microseconds since 1970, or [TopicRecord#NO_COMMIT_TIME].
    long committedMicros() {
        long micros = committedMicrosAndLevel >> LEVEL_BITS;
        return micros == NO_COMMIT_TIME ? TopicRecord.NO_COMMIT_TIME : micros;
    }

    @Nullable
    Instant committedAt() {
        return instant(committedMicros());
    }

    static @Nullable Instant instant(long micros) {
        return micros == TopicRecord.NO_COMMIT_TIME ? null : Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
