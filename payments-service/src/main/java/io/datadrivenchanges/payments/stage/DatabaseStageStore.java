package io.datadrivenchanges.payments.stage;

import java.util.Optional;

import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageChange;
import io.datadrivenchanges.experiment.StageStore;
import io.datadrivenchanges.experiment.StageSwitch.Staged;
import io.datadrivenchanges.experiment.verdict.Fleet;
import io.datadrivenchanges.experiment.verdict.Totals;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/// What the instances have in common, in the payments database: the stages, and what each has counted. Thread-safe.
///
/// A stage is read from [StoredStages], at most half a second old, so that evidence is collected for the very stage that callers are served
/// at. Deciding by an old one does no harm: a change is the insert of the revision after it, which fails if there is one.
@Component
final class DatabaseStageStore implements StageStore {
    private static final int MAX_REASON = 200;
    /// What allows to skip CANARY where no share of it is configured.
    private static final String NO_SHARES = "experiment.promotion.canary-shares";

    private final StoredStages stages;
    private final TotalsRepository repository;
    private final Counter demotions;

    DatabaseStageStore(StoredStages stages, TotalsRepository repository, MeterRegistry meters) {
        this.stages = stages;
        this.repository = repository;
        demotions = Demotions.by("evidence", meters);
    }

    @Override
    public Optional<Stored> stage(String experiment) {
        return stages.staged(experiment)
                .map(staged -> new Stored(staged.stage(), staged.canaryPercent(), staged.revision()));
    }

    @Override
    public boolean change(String experiment, Stored from, Stage to, int canaryPercent, String who, String why) {
        Staged before = stages.staged(experiment).orElse(null);
        if (before == null || before.revision() != from.revision()) {
            return false;
        }
        String reason = why.length() <= MAX_REASON ? why : why.substring(0, MAX_REASON - 1) + "…";
        var step = new StageChange(experiment, to, canaryPercent, who, reason, null);
        boolean changed = stages.changeFrom(before, step.mayFollow(before.stage())
                ? step
                : new StageChange(experiment, to, canaryPercent, who, reason, NO_SHARES));
        if (changed && to.compareTo(before.stage()) < 0) {
            demotions.increment();
        }
        return changed;
    }

    @Override
    public void save(String experiment, String generation, String instance, String epoch, Totals totals) {
        repository.save(experiment, generation, instance, epoch, totals);
    }

    @Override
    public Fleet fleet(String experiment, String generation) {
        return repository.fleet(experiment, generation);
    }
}
