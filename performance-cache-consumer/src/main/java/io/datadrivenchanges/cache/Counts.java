package io.datadrivenchanges.cache;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/// Counts since the start. Thread-safe.
///
/// Law: `read = applied + ignored + poisoned + control`, whenever no record is being worked on.
final class Counts {

    /// Why a record had no effect.
    enum Ignored {
        OLDER, DUPLICATE, SUPERSEDED, FOREIGN
    }

    /// Why the topic was read anew.
    enum Rebuild {
        RECREATED, TRUNCATED, FAILED
    }

    /// How a lookup ended.
    enum Answer {
        KNOWN, ABSENT, STARTING, STALE, REBUILDING, POISONED, UNTRUSTED, STOPPED;

        static Answer of(Lookup.Reason reason) {
            return switch (reason) {
                case STARTING -> STARTING;
                case STALE -> STALE;
                case REBUILDING -> REBUILDING;
                case POISONED -> POISONED;
                case UNTRUSTED -> UNTRUSTED;
                case STOPPED, DISABLED -> STOPPED;
            };
        }
    }

    private final LongAdder read = new LongAdder();
    private final LongAdder applied = new LongAdder();
    private final LongAdder control = new LongAdder();
    private final LongAdder poisoned = new LongAdder();
    private final LongAdder conflicts = new LongAdder();
    private final Map<Ignored, LongAdder> ignored = adders(Ignored.class);
    private final Map<Rebuild, LongAdder> rebuilds = adders(Rebuild.class);
    private final Map<Answer, LongAdder> lookups = adders(Answer.class);

    /// Records read from the topic.
    LongAdder read() {
        return read;
    }

    /// Changes that raised a courier's version.
    LongAdder applied() {
        return applied;
    }

    /// Heartbeats and markers of the newest generation.
    LongAdder control() {
        return control;
    }

    /// Records that could not be understood, and conflicts.
    LongAdder poisoned() {
        return poisoned;
    }

    /// Records with the version of the held entry and another level.
    LongAdder conflicts() {
        return conflicts;
    }

    LongAdder ignored(Ignored reason) {
        return of(ignored, reason);
    }

    LongAdder rebuilds(Rebuild reason) {
        return of(rebuilds, reason);
    }

    LongAdder lookups(Answer answer) {
        return of(lookups, answer);
    }

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        Map<E, LongAdder> adders = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            adders.put(constant, new LongAdder());
        }
        return adders;
    }

    private static <E extends Enum<E>> LongAdder of(Map<E, LongAdder> adders, E constant) {
        LongAdder adder = adders.get(constant);
        if (adder == null) {
            throw new IllegalArgumentException(constant.name());
        }
        return adder;
    }
}
