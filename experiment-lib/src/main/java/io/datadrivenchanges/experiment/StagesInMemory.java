package io.datadrivenchanges.experiment;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Stages that are gone when the process is. Thread-safe; only a change takes a lock.
final class StagesInMemory implements StageSwitch {

    private final Map<String, Staged> known = new ConcurrentHashMap<>();
    private final Staged initial;
    private final InstantSource clock;

    StagesInMemory(Stage initial, InstantSource clock) {
        if (initial == Stage.CANARY) {
            throw new IllegalArgumentException("an experiment cannot start at CANARY: it has no share there");
        }
        this.clock = clock;
        this.initial = new Staged(initial, 0, 1, null, "configuration", "initial stage", null, clock.instant());
    }

    @Override
    public Optional<Staged> staged(String experiment) {
        return Optional.of(known.getOrDefault(experiment, initial));
    }

    @Override
    public synchronized Staged change(StageChange change) throws StageRefusedException {
        Staged before = known.getOrDefault(change.experiment(), initial);
        if (before.isAt(change)) {
            return before;
        }
        if (!change.mayFollow(before.stage())) {
            throw new StageRefusedException(before.stage(), change);
        }
        Staged after = new Staged(change.to(), change.canaryPercent(), before.revision() + 1, before.stage(),
                change.who(), change.why(), change.override(), clock.instant());
        known.put(change.experiment(), after);
        return after;
    }
}
