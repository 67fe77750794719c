package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.datadrivenchanges.experiment.verdict.Criteria;
import org.jspecify.annotations.Nullable;

/// The laboratory. Thread-safe; what callers touch takes no lock.
final class RunningLaboratory implements Laboratory {

    private static final long LOOK_NANOS = 500_000;
    private static final Duration COUNTING = Duration.ofSeconds(1);
    /// A stuck re-read holds one of them; the other goes on.
    private static final int RECHECKERS = 2;
    private static final Duration RECHECKERS_REST = Duration.ofSeconds(10);

    final Time time;
    final StageSource stages;
    final @Nullable Stage defaultStage;
    final ContextPropagator propagator;
    final @Nullable Executor workers;
    final Criteria criteria;
    final boolean strict;
    final Map<String, String> context;

    private final @Nullable StageStore stageStore;
    private final @Nullable Promotion promotion;
    private final AuditGate audit;
    private final String epoch = UUID.randomUUID().toString();
    /// Where the stages are kept in step, as that may wait for their store.
    private final @Nullable Mailbox<Runnable> stageDesk;
    private final @Nullable SystemTime ownTime;
    private final List<Listener> listeners;
    private final Duration period;
    private final Reporter reporter;
    private final Mailbox<Runnable> desk;
    private final @Nullable Mailbox<Report> outbox;
    private final EvidenceArchive archive = new EvidenceArchive(new SplittableRandom());
    private final ThreadPoolExecutor recheckers;
    private final LongAdder sinkFailures = new LongAdder();
    private final List<CurrencyListener> currencyListeners = new CopyOnWriteArrayList<>();
    private final Queue<Currency> currencies = new ConcurrentLinkedQueue<>();
    private final Map<String, Member> members = new LinkedHashMap<>();

    private volatile boolean closed;
    private boolean enabled = true;
    private long disabledSince;
    private long disabledNanos;

    /// What was built here: an experiment of whatever kind.
    interface Member {
        Panel<?, ?> panel();
    }

    /// A currency in which mismatches of a candidate cost something.
    private record Currency(String experiment, String candidate, String name, Supplier<Cost> total) {}

    /// A sink and what it said when the laboratory was built.
    private record Listener(Sink sink, boolean wantsMatches) {}

    RunningLaboratory(List<Sink> sinks, @Nullable Time time, @Nullable Executor workers, StageSource stages,
            @Nullable Stage defaultStage, @Nullable StageStore stageStore, @Nullable Promotion promotion,
            AuditGate audit, Criteria criteria, Duration period, ContextPropagator propagator, boolean strict,
            Map<String, String> context) {
        if (time == null) {
            ownTime = new SystemTime();
            this.time = ownTime;
        } else {
            ownTime = null;
            this.time = time;
        }
        this.workers = workers;
        this.strict = strict;
        this.context = context;
        this.stages = stages;
        this.defaultStage = defaultStage;
        this.stageStore = stageStore;
        this.promotion = promotion;
        this.audit = audit;
        this.criteria = criteria;
        this.period = period;
        this.propagator = propagator;
        listeners = sinks.stream().<Listener>map(sink -> new Listener(sink, sink.wantsMatches())).toList();
        reporter = new Reporter(this.time);
        recheckers = new ThreadPoolExecutor(RECHECKERS, RECHECKERS, RECHECKERS_REST.toNanos(), TimeUnit.NANOSECONDS,
                new ArrayBlockingQueue<>(Rechecks.MAX_OPEN),
                task -> Thread.ofPlatform()
                        .daemon()
                        .name("experiment-recheck")
                        .uncaughtExceptionHandler((thread, fatal) -> trouble("-", Operation.LABORATORY, fatal))
                        .unstarted(task));
        recheckers.allowCoreThreadTimeOut(true);
        desk = new Mailbox<>("experiment-reports", this::work);
        outbox = sinks.isEmpty() ? null : new Mailbox<>("experiment-sinks", this::handToSinks);
        stageDesk = promotion == null ? null : new Mailbox<>("experiment-stages", this::work);
        this.time.schedule(period, this::period);
        if (stageDesk != null) {
            this.time.schedule(Timing.TICK, this::tickStages);
        }
    }

    @Override
    public Named experiment(String name) {
        return new Draft.Start(this, name);
    }

    @Override
    public Trial trial(String name) {
        return add(Draft.checkedName("trial", name), () -> new RunningTrial(this, name));
    }

    @Override
    public synchronized void enabled(boolean on) {
        if (enabled && !on) {
            disabledSince = time.nanos();
        } else if (!enabled && on) {
            disabledNanos += time.nanos() - disabledSince;
        }
        enabled = on;
        if (!closed) {
            members.values().forEach(member -> member.panel().switched(on));
        }
    }

    @Override
    public void sampling(String experiment, double share) {
        panel(experiment).share(share);
    }

    @Override
    public double sampling(String experiment) {
        return panel(experiment).share();
    }

    private Panel<?, ?> panel(String experiment) {
        return find(experiment).orElseThrow(
                () -> new IllegalArgumentException("there is no experiment named '" + experiment + "'"));
    }

    private synchronized Optional<Panel<?, ?>> find(String experiment) {
        return Optional.ofNullable(members.get(experiment)).<Panel<?, ?>>map(Member::panel);
    }

    @Override
    public List<Summary> summaries() {
        return panels().stream().<Summary>map(Panel::summary).toList();
    }

    @Override
    public Optional<Summary> summary(String experiment) {
        return find(experiment).<Summary>map(Panel::summary);
    }

    /// Listens first and looks then, so that none is missed.
    @Override
    public void onCurrency(CurrencyListener listener) {
        currencyListeners.add(Objects.requireNonNull(listener, "listener"));
        currencies.forEach(currency -> tell(listener, currency));
    }

    /// Takes a currency that a candidate's mismatches have not cost anything in before; never waits.
    void metCurrency(String experiment, String candidate, String currency, Supplier<Cost> total) {
        Currency met = new Currency(experiment, candidate, currency, total);
        currencies.add(met);
        desk.putAnyway(() -> currencyListeners.forEach(listener -> tell(listener, met)));
    }

    private void tell(CurrencyListener listener, Currency met) {
        try {
            listener.met(met.experiment(), met.candidate(), met.name(), met.total());
        } catch (Throwable thrown) {
            trouble(met.experiment(), Operation.LABORATORY, thrown);
        }
    }

    @Override
    public synchronized Health health() {
        long disabled = enabled ? disabledNanos : disabledNanos + time.nanos() - disabledSince;
        long dropped = desk.dropped() + (outbox == null ? 0 : outbox.dropped());
        return new Health(enabled, Duration.ofNanos(disabled), sinkFailures.sum(), dropped, archive.size(),
                archive.dropped());
    }

    @Override
    public List<Evidence> evidence(String experiment) {
        return archive.of(experiment);
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
            members.values().forEach(member -> member.panel().switched(false));
        }
        panels().forEach(Panel::close);
        recheckers.shutdownNow();
        awaitCounts();
        if (stageDesk != null) {
            stageDesk.close();
        }
        desk.put(this::speak);
        desk.close();
        if (outbox != null) {
            outbox.close();
        }
        if (ownTime != null) {
            ownTime.close();
        }
    }

    synchronized <M extends Member> M add(String name, Supplier<M> member) {
        if (closed) {
            throw new IllegalStateException("the laboratory is closed");
        }
        if (members.containsKey(name)) {
            throw new IllegalArgumentException("there is an experiment named '" + name + "' already");
        }
        M added = member.get();
        members.put(name, added);
        added.panel().switched(enabled);
        return added;
    }

    boolean wantsMatches() {
        return listeners.stream().anyMatch(Listener::wantsMatches);
    }

    boolean isClosed() {
        return closed;
    }

    Stage stageOf(String experiment) {
        try {
            Stage stage = stages.stage(experiment);
            return stage == null ? unknownStage() : stage;
        } catch (Throwable thrown) {
            trouble(experiment, Operation.STAGE, thrown);
            return unknownStage();
        }
    }

    Stage unknownStage() {
        return defaultStage == null ? Stage.OFF : defaultStage;
    }

    /// Takes what a run ended in; never waits. The result is made on the laboratory's thread, and only if somebody wants it; that of a
    /// strict experiment at once.
    ///
    /// @return what a strict experiment throws
    @Nullable
    Error publish(Ended<?, ?, ?> run) {
        Plan<?, ?, ?> plan = run.candidate().plan;
        Finding finding = run.finding();
        boolean match = finding instanceof Finding.Match;
        boolean failure = finding instanceof Finding.CandidateFailed || finding instanceof Finding.ControlFailed;
        boolean shown = plan.errorsTracked || !failure;
        boolean line = shown && (finding instanceof Finding.Mismatch || finding instanceof Finding.CandidateFailed);
        boolean report = shown && plan.published && (match ? wantsMatches() : !listeners.isEmpty());
        Consumer<? super Report.Result> afterRun = plan.afterRun;
        if (!line && !report && afterRun == null && !plan.strict) {
            return null;
        }
        Instant at = time.now();
        Report.Result made = plan.strict ? run.result(at) : null;
        desk.put(() -> {
            Report.Result result = made == null ? run.result(at) : made;
            if (outbox != null && report) {
                outbox.put(result);
            }
            if (line) {
                reporter.finding(result);
            }
            if (afterRun != null) {
                after(plan.experiment, afterRun, result);
            }
        });
        return made == null
                ? null
                : Strictness.error(plan, made, failed -> trouble(plan.experiment, Operation.AFTER, failed));
    }

    /// Who reads again; bounded, rejects what is too much.
    Executor recheckers() {
        return workers == null ? recheckers : workers;
    }

    /// Takes what a mismatch turned out to be; never waits.
    ///
    /// @param at wall-clock time of the mismatch
    void settled(Ended<?, ?, ?> run, @Nullable Amount cost, Instant at, @Nullable String traceId,
            Rechecks.Settled settled) {
        Instant now = time.now();
        desk.put(() -> {
            Report.Settled report = run.settled(now, settled, cost);
            if (outbox != null && run.candidate().plan.published) {
                outbox.put(report);
            }
            reporter.settled(report);
            archive.offer(EvidenceArchive.Signature.of(run, settled.settlement()),
                    () -> Evidence.of(run, at, traceId, settled, cost));
        });
    }

    /// Takes a failure that is to be kept as evidence; never waits.
    void failed(Ended<?, ?, ?> run, Instant at, @Nullable String traceId) {
        desk.put(() -> archive.offer(EvidenceArchive.Signature.of(run, null),
                () -> Evidence.of(run, at, traceId, null, null)));
    }

    /// Says what the laboratory did to an experiment of its own accord; never waits.
    void notice(String experiment, String text) {
        Report.Notice notice = new Report.Notice(experiment, time.now(), text);
        desk.putAnyway(() -> {
            if (outbox != null) {
                outbox.putAnyway(notice);
            }
            reporter.notice(notice);
        });
    }

    /// Takes a failure of something that was given to the laboratory, or of its own; never waits, never throws.
    void trouble(String experiment, Operation at, Throwable thrown) {
        desk.put(() -> reporter.trouble(experiment, at, thrown));
    }

    private synchronized List<Panel<?, ?>> panels() {
        return members.values().stream().<Panel<?, ?>>map(Member::panel).toList();
    }

    private void after(String experiment, Consumer<? super Report.Result> hook, Report.Result result) {
        try {
            hook.accept(result);
        } catch (Throwable thrown) {
            trouble(experiment, Operation.AFTER, thrown);
        }
    }

    /// Every run has its finding by now, but another thread may be about to count it: the last summary is to be exact.
    private void awaitCounts() {
        long started = System.nanoTime();
        while (!isCounted() && System.nanoTime() - started < COUNTING.toNanos()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean isCounted() {
        return panels().stream().allMatch(Panel::isQuiet);
    }

    /// What sinks throw is told at the desk, so that is looked at again when they are done.
    private boolean isQuiet() {
        return isCounted() && desk.idle() && (outbox == null || (outbox.idle() && desk.idle()));
    }

    private void period() {
        if (!closed) {
            desk.put(this::speak);
            time.schedule(period, this::period);
        }
    }

    /// Who moves the stage of an experiment by evidence; `null` if nobody does.
    @Nullable
    StageKeeper keeper(String experiment, StageKeeper.Counting counting, Criteria criteria) {
        return stageStore == null || promotion == null
                ? null
                : new StageKeeper(experiment, stageStore, time, counting, criteria, promotion, audit, epoch);
    }

    /// While the store lets the last look wait there is no other.
    private void tickStages() {
        if (!closed && stageDesk != null) {
            if (stageDesk.idle()) {
                stageDesk.put(() -> panels().forEach(this::tickStage));
            }
            time.schedule(Timing.TICK, this::tickStages);
        }
    }

    private void tickStage(Panel<?, ?> panel) {
        try {
            panel.tickStage();
        } catch (RuntimeException failure) {
            trouble(panel.name, Operation.STAGE, failure);
        }
    }

    private void speak() {
        panels().stream().filter(Panel::isInhabited).forEach(panel -> reporter.summary(panel.summary()));
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
        for (Listener listener : listeners) {
            try {
                if (!match || listener.wantsMatches()) {
                    listener.sink().accept(report);
                }
            } catch (Throwable thrown) {
                sinkFailures.increment();
                trouble(report.experiment(), Operation.PUBLISH, thrown);
            }
        }
    }
}
