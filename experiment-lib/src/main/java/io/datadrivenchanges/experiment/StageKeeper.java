package io.datadrivenchanges.experiment;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.datadrivenchanges.experiment.StagePilot.Move;
import io.datadrivenchanges.experiment.StagePilot.Rung;
import io.datadrivenchanges.experiment.StageStore.Stored;
import io.datadrivenchanges.experiment.verdict.Criteria;
import io.datadrivenchanges.experiment.verdict.Fleet;
import io.datadrivenchanges.experiment.verdict.Totals;
import io.datadrivenchanges.experiment.verdict.Verdict;
import org.jspecify.annotations.Nullable;

/// Moves the stage of one experiment by evidence, together with the keepers of the other instances. Once a second it reads the
/// stage, hands in what this instance has counted, judges what all have, and does what the [StagePilot] says. Confined to one thread at
/// a time, but for [#effective] and [#fleet].
final class StageKeeper {

    static final String WHO = "experiment";

    /// What this instance has counted, for the keeper.
    interface Counting {

        /// Whether the guard has raised its alarm in the present generation.
        boolean alarmed();

        Totals totals();

        /// Begins a generation, from zero.
        void begin();
    }

    private final String experiment;
    private final StageStore store;
    private final Time time;
    private final Counting counting;
    private final Criteria criteria;
    private final Promotion promotion;
    private final AuditGate audit;
    private final List<Rung> ladder;
    private final String epoch;
    private volatile StagePilot pilot = StagePilot.NEW;
    private volatile boolean alarmed;
    private volatile @Nullable Fleet fleet;
    private volatile boolean awaitsAudit;
    /// Since when nothing but an audit lacks, or not even that; `null` = something else does.
    private @Nullable Instant readySince;

    /// @param epoch of this process
    StageKeeper(String experiment, StageStore store, Time time, Counting counting, Criteria criteria,
            Promotion promotion, AuditGate audit, String epoch) {
        this.experiment = experiment;
        this.store = store;
        this.time = time;
        this.counting = counting;
        this.criteria = criteria;
        this.promotion = promotion;
        this.audit = audit;
        ladder = promotion.ladder();
        this.epoch = epoch;
    }

    /// The stage that callers of this instance are served at: an alarm holds it at SHADOW from the next tick on, even if the store
    /// cannot be asked. Costs two reads of a field.
    Stage effective(Stage stored) {
        boolean served = stored == Stage.CANARY || stored == Stage.LIVE;
        StagePilot seen = pilot;
        return served && (seen.holdsBack() || (alarmed && seen.served())) ? Stage.SHADOW : stored;
    }

    /// What all instances had counted at the last look; `null` if none has shown that since the stage was changed. On any thread.
    @Nullable
    Fleet fleet() {
        return fleet;
    }

    /// Whether the stage would have gone forward at the last look, had there been a clean audit. On any thread.
    boolean awaitsAudit() {
        return awaitsAudit;
    }

    /// Looks once; to be called each second.
    ///
    /// @throws RuntimeException what the store or the gate throws; everything is tried again at the next call
    void tick() {
        alarmed = counting.alarmed();
        Optional<Stored> found = store.stage(experiment);
        if (found.isEmpty()) {
            return;
        }
        Stored stored = found.get();
        boolean raised = alarmed;
        boolean isSame = stored.revision() == pilot.revision();
        Verdict verdict = null;
        if (isSame) {
            String generation = generation(stored);
            store.save(experiment, generation, promotion.instance(), epoch, counting.totals());
            Fleet all = store.fleet(experiment, generation);
            fleet = all;
            verdict = Verdict.of(all, criteria);
            raised |= all.instances().stream().anyMatch(Totals::alarm);
        }
        boolean promote = promotion.forward() && verdict instanceof Verdict.Promote;
        StagePilot.Step step = pilot.look(new Rung(stored.stage(), stored.canaryPercent()), stored.revision(),
                time.nanos(), raised, promote, ladder, promotion.leastStay());
        pilot = step.next();
        if (step.isNew()) {
            counting.begin();
            alarmed = false;
            fleet = null;
        }
        if (!(step.move() instanceof Move.Forward)) {
            readySince = null;
            awaitsAudit = false;
        }
        switch (step.move()) {
            case Move.Stay stay -> {
            }
            case Move.Forward forward -> {
                if (isAudited()) {
                    change(stored, forward.to(), reason(verdict));
                }
            }
            case Move.Back back -> change(stored, back.to(), "the guard's alarm: " + reason(verdict));
        }
    }

    /// Whether an audit that began since nothing else lacks is clean. If the evidence gives way meanwhile, that counts anew.
    private boolean isAudited() {
        Instant since = readySince == null ? time.now() : readySince;
        readySince = since;
        awaitsAudit = true;
        awaitsAudit = !audit.isPassed(experiment, since);
        return !awaitsAudit;
    }

    private void change(Stored from, Rung to, String why) {
        store.change(experiment, from, to.stage(), to.canaryPercent(), WHO, why);
    }

    private static String reason(@Nullable Verdict verdict) {
        return verdict == null ? "raised at the stage before" : verdict.reason();
    }

    private String generation(Stored stored) {
        return stored.revision() + "/" + promotion.version();
    }
}
