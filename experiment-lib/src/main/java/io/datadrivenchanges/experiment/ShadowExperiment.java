package io.datadrivenchanges.experiment;

import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/// An experiment whose control answers while its candidate runs detached. Thread-safe.
final class ShadowExperiment<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object, X extends Exception>
        implements
            Experiment<I, C, X> {

    final Draft<I, C, D, X> plan;
    final RunningLaboratory laboratory;
    final Workers workers;
    final Histogram controlDurations = new Histogram();
    final Histogram candidateDurations = new Histogram();
    private final Fn<I, C, X> control;
    private final Tally tally = new Tally();
    private final AtomicInteger stuckWorkers = new AtomicInteger();
    private final AtomicBoolean sweepDue = new AtomicBoolean();
    private final Set<Run<I, C, D>> underWay = ConcurrentHashMap.newKeySet();

    /// @param plan no longer changed
    ShadowExperiment(Draft<I, C, D, X> plan) {
        this.plan = plan;
        laboratory = plan.laboratory;
        control = plan.control;
        workers = new Workers(plan.name, plan.shadow.maxInFlight(),
                fatal -> laboratory.trouble(plan.name, Operation.LABORATORY, fatal));
    }

    @Override
    public C call(I input) throws X {
        Run<I, C, D> run = laboratory.isOn() ? begin(input) : null;
        if (run == null) {
            return control.call(input);
        }
        long started = laboratory.time.nanos();
        try {
            C value = control.call(input);
            run.controlReturned(value, started);
            return value;
        } catch (Throwable thrown) {
            run.controlThrew(thrown, started);
            throw thrown;
        }
    }

    @Override
    public String name() {
        return plan.name;
    }

    @Override
    public Summary summary() {
        SequencedMap<String, Long> counts = tally.snapshot();
        return new Summary(plan.name, plan.candidateName, laboratory.stageOf(plan.name),
                counts.getOrDefault("runs", 0L),
                counts.getOrDefault("in_flight", 0L), counts, controlDurations.snapshot(),
                candidateDurations.snapshot());
    }

    boolean isQuiet() {
        return tally.inFlight() == 0;
    }

    /// Ends what is in flight as cancelled, and the threads. To be called once the laboratory is closed for new runs.
    void close() {
        underWay.forEach(run -> run.abandon(Reason.CANCELLED));
        workers.close();
    }

    /// A worker's step went over its deadline: as long as it does not yield, nobody may take what waits in the queue, so it is
    /// looked through from time to time.
    void workerStuck() {
        stuckWorkers.incrementAndGet();
        sweepLater();
    }

    void workerFreed() {
        stuckWorkers.decrementAndGet();
    }

    void ended(Tally.End end) {
        tally.end(end);
    }

    void leave(Run<I, C, D> run) {
        underWay.remove(run);
        workers.release();
    }

    private void sweepLater() {
        if (sweepDue.compareAndSet(false, true)) {
            laboratory.time.schedule(plan.shadow.timeout(), this::shedOverdue);
        }
    }

    private void shedOverdue() {
        sweepDue.set(false);
        underWay.forEach(Run::shedIfOverdue);
        if (stuckWorkers.get() > 0) {
            sweepLater();
        }
    }

    /// Starts a run, unless this call is none. Never throws: the control is to run whatever happens here.
    private @Nullable Run<I, C, D> begin(I input) {
        Stage stage;
        try {
            stage = laboratory.stages.stage(plan.name);
        } catch (Throwable failure) {
            tally.start();
            tally.end(Tally.End.GATE_FAILED);
            laboratory.trouble(plan.name, Operation.STAGE, failure);
            return null;
        }
        return stage == Stage.SHADOW ? start(input) : null;
    }

    private @Nullable Run<I, C, D> start(I input) {
        tally.start();
        if (!workers.tryAcquire()) {
            tally.end(Tally.End.SHED);
            return null;
        }
        Run<I, C, D> run = null;
        try {
            run = new Run<>(this, input, laboratory.time.nanos());
            underWay.add(run);
            if (laboratory.isClosed()) {
                run.abandon(Reason.CANCELLED);
            }
        } catch (Throwable failure) {
            laboratory.trouble(plan.name, Operation.LABORATORY, failure);
            if (run == null) {
                tally.end(Tally.End.GATE_FAILED);
                workers.release();
                return null;
            }
            run.abandon(Reason.GATE_FAILED);
        }
        run.submit();
        return run;
    }
}
