package io.datadrivenchanges.experiment;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

import io.datadrivenchanges.experiment.verdict.Counts;

/// How many exposures stand how. Thread-safe, without locks.
final class Standings {

    private final Map<Exposure.Standing, AtomicLong> counts = new EnumMap<>(Exposure.Standing.class);

    Standings() {
        for (Exposure.Standing standing : Exposure.Standing.values()) {
            counts.put(standing, new AtomicLong());
        }
    }

    void enter(Exposure.Standing standing) {
        count(standing).incrementAndGet();
    }

    void leave(Exposure.Standing standing) {
        count(standing).decrementAndGet();
    }

    /// Open ones are read first: as an exposure enters its next standing before it leaves the last, one that is settled meanwhile is seen
    /// twice rather than not at all.
    Counts snapshot() {
        long open = count(Exposure.Standing.OPEN).get();
        return new Counts(count(Exposure.Standing.GOOD).get(), count(Exposure.Standing.BAD).get(), open,
                count(Exposure.Standing.UNSETTLED).get(), count(Exposure.Standing.SUPERSEDED).get(),
                count(Exposure.Standing.IGNORED).get());
    }

    private AtomicLong count(Exposure.Standing standing) {
        return Objects.requireNonNull(counts.get(standing));
    }
}
