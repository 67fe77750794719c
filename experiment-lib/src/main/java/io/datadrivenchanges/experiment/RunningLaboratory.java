package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/// The laboratory. Thread-safe; what callers touch takes no lock.
final class RunningLaboratory implements Laboratory {

    private static final long LOOK_NANOS = 500_000;
    private static final Duration COUNTING = Duration.ofSeconds(1);

    final Time time;
    final StageSource stages;
    final ContextPropagator propagator;

    private final @Nullable SystemTime ownTime;
    private final List<Sink> sinks;
    private final boolean matchesWanted;
    private final Duration period;
    private final Reporter reporter;
    private final Mailbox<Runnable> desk;
    private final @Nullable Mailbox<Report> outbox;
    private final LongAdder sinkFailures = new LongAdder();
    private final Map<String, Experiment<?, ?, ?>> experiments = new LinkedHashMap<>();

    private volatile boolean on = true;
    private volatile boolean closed;
    private boolean enabled = true;
    private long disabledSince;
    private long disabledNanos;

    RunningLaboratory(List<Sink> sinks, @Nullable Time time, StageSource stages, Duration period,
            ContextPropagator propagator) {
        if (time == null) {
            ownTime = new SystemTime();
            this.time = ownTime;
        } else {
            ownTime = null;
            this.time = time;
        }
        this.sinks = sinks;
        this.stages = stages;
        this.period = period;
        this.propagator = propagator;
        matchesWanted = sinks.stream().anyMatch(this::wantsMatches);
        reporter = new Reporter(this.time);
        desk = new Mailbox<>("experiment-reports", this::work);
        outbox = sinks.isEmpty() ? null : new Mailbox<>("experiment-sinks", this::handToSinks);
        this.time.schedule(period, this::period);
    }

    @Override
    public Named experiment(String name) {
        return new Draft.Start(this, name);
    }

    @Override
    public synchronized void enabled(boolean on) {
        if (enabled && !on) {
            disabledSince = time.nanos();
        } else if (!enabled && on) {
            disabledNanos += time.nanos() - disabledSince;
        }
        enabled = on;
        this.on = on && !closed;
    }

    @Override
    public List<Summary> summaries() {
        return all().stream().<Summary>map(Experiment::summary).toList();
    }

    @Override
    public synchronized Health health() {
        long disabled = enabled ? disabledNanos : disabledNanos + time.nanos() - disabledSince;
        long dropped = desk.dropped() + (outbox == null ? 0 : outbox.dropped());
        return new Health(enabled, Duration.ofNanos(disabled), sinkFailures.sum(), dropped);
    }

    @Override
    public boolean drain(Duration atMost) {
        long started = System.nanoTime();
        while (!isQuiet()) {
            if (System.nanoTime() - started >= atMost.toNanos() || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            on = false;
        }
        for (Experiment<?, ?, ?> experiment : all()) {
            if (experiment instanceof ShadowExperiment<?, ?, ?, ?> shadow) {
                shadow.close();
            }
        }
        awaitCounts();
        desk.put(this::speak);
        desk.close();
        if (outbox != null) {
            outbox.close();
        }
        if (ownTime != null) {
            ownTime.close();
        }
    }

    synchronized <E extends Experiment<?, ?, ?>> E add(String name, Supplier<E> experiment) {
        if (closed) {
            throw new IllegalStateException("the laboratory is closed");
        }
        if (experiments.containsKey(name)) {
            throw new IllegalArgumentException("there is an experiment named '" + name + "' already");
        }
        E added = experiment.get();
        experiments.put(name, added);
        return added;
    }

    boolean isOn() {
        return on;
    }

    boolean isClosed() {
        return closed;
    }

    Stage stageOf(String experiment) {
        try {
            Stage stage = stages.stage(experiment);
            return stage == null ? Stage.OFF : stage;
        } catch (Throwable thrown) {
            trouble(experiment, Operation.STAGE, thrown);
            return Stage.OFF;
        }
    }

    /// Takes what a run ended in; never waits.
    ///
    /// @param made on the laboratory's thread, and only if somebody wants it
    void publish(Finding finding, Function<Instant, Report.Result> made) {
        boolean match = finding instanceof Finding.Match;
        boolean line = finding instanceof Finding.Mismatch || finding instanceof Finding.CandidateFailed;
        boolean report = !sinks.isEmpty() && (!match || matchesWanted);
        if (line || report) {
            Instant at = time.now();
            desk.put(() -> {
                Report.Result result = made.apply(at);
                if (outbox != null && report) {
                    outbox.put(result);
                }
                reporter.finding(result);
            });
        }
    }

    /// Takes a failure of something that was given to the laboratory, or of its own; never waits, never throws.
    void trouble(String experiment, Operation at, Throwable thrown) {
        desk.put(() -> reporter.trouble(experiment, at, thrown));
    }

    private synchronized List<Experiment<?, ?, ?>> all() {
        return List.copyOf(experiments.values());
    }

    /// Every run has its finding by now, but another thread may be about to count it: the last summary is to be exact.
    private void awaitCounts() {
        long started = System.nanoTime();
        while (!isCounted() && System.nanoTime() - started < COUNTING.toNanos()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean isCounted() {
        for (Experiment<?, ?, ?> experiment : all()) {
            if (experiment instanceof ShadowExperiment<?, ?, ?, ?> shadow && !shadow.isQuiet()) {
                return false;
            }
        }
        return true;
    }

    private boolean isQuiet() {
        return isCounted() && desk.idle() && (outbox == null || outbox.idle());
    }

    private void period() {
        if (!closed) {
            desk.put(this::speak);
            time.schedule(period, this::period);
        }
    }

    private void speak() {
        for (Experiment<?, ?, ?> experiment : all()) {
            if (experiment instanceof ShadowExperiment<?, ?, ?, ?>) {
                reporter.summary(experiment.summary());
            }
        }
        reporter.rest();
    }

    private void work(Runnable job) {
        try {
            job.run();
        } catch (Throwable thrown) {
            reporter.trouble("-", Operation.LABORATORY, thrown);
        }
    }

    private void handToSinks(Report report) {
        boolean match = report instanceof Report.Result result && result.finding() instanceof Finding.Match;
        for (Sink sink : sinks) {
            try {
                if (!match || sink.wantsMatches()) {
                    sink.accept(report);
                }
            } catch (Throwable thrown) {
                sinkFailures.increment();
                trouble(report.experiment(), Operation.PUBLISH, thrown);
            }
        }
    }

    private boolean wantsMatches(Sink sink) {
        return sink.wantsMatches();
    }
}
