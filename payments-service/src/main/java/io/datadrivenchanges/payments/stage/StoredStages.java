package io.datadrivenchanges.payments.stage;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageChange;
import io.datadrivenchanges.experiment.StageRefusedException;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.http.Problem;
import io.datadrivenchanges.http.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/// The stages as the database keeps them, known to every instance within a second. Thread-safe; asking reads memory.
///
/// One thread reads all stages twice a second. While the database is away the last known stages stay, and `payments.stages.age` grows;
/// an experiment whose stage was never read has none. A change is an insert of the next revision: of two at the same time one
/// wins, and the other is judged anew against it.
@Component
final class StoredStages implements StageSwitch, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StoredStages.class);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int ROUNDS = 3;

    private final StageRepository repository;
    private final Counter failures;
    private final ScheduledThreadPoolExecutor reader;
    private final Map<String, Stage> first = new ConcurrentHashMap<>();
    private final Map<String, Staged> known = new ConcurrentHashMap<>();
    private volatile long readAt;
    private volatile boolean read;
    private volatile boolean failing;

    StoredStages(StageRepository repository, MeterRegistry meters) {
        this.repository = repository;
        failures = Counter.builder("payments.stages.read.failures").description("Reads of the stages that failed")
                .register(meters);
        Gauge.builder("payments.stages.age", this,
                stages -> stages.age().map(age -> age.toNanos() / 1e9).orElse(Double.NaN))
                .description("Time since the stages were read, NaN before the first time").baseUnit("seconds")
                .register(meters);
        refresh();
        reader = new ScheduledThreadPoolExecutor(1,
                task -> Thread.ofPlatform().daemon().name("payments-stages").unstarted(task));
        var _ = reader.scheduleWithFixedDelay(this::refresh, PAUSE.toMillis(), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public Optional<Staged> staged(String experiment) {
        return Optional.ofNullable(known.get(experiment));
    }

    @Override
    public @Nullable Stage stage(String experiment) {
        Staged staged = known.get(experiment);
        return staged == null ? null : staged.stage();
    }

    @Override
    public int canaryPercent(String experiment) {
        Staged staged = known.get(experiment);
        return staged == null ? 0 : staged.canaryPercent();
    }

    /// Time since the stages were read; empty before the first time.
    Optional<Duration> age() {
        return read ? Optional.of(Duration.ofNanos(System.nanoTime() - readAt)) : Optional.empty();
    }

    /// Whether the last read failed.
    boolean isFailing() {
        return failing;
    }

    /// Asks for a stage of an experiment to begin with, which counts unless the database has one; in effect at once, or as soon as
    /// the database can be asked.
    void begin(String experiment, Stage stage) {
        first.put(experiment, stage);
        refresh();
    }

    /// @throws DataAccessException if the database cannot be asked
    /// @throws io.datadrivenchanges.http.ProblemException 503 if others change the same stage at the same time, again and again
    @Override
    public Staged change(StageChange change) throws StageRefusedException {
        for (int round = 0; round < ROUNDS; round++) {
            Staged before = repository.all().get(change.experiment());
            if (before == null) {
                throw new IllegalArgumentException("no experiment has the name " + change.experiment());
            }
            if (before.isAt(change)) {
                return learn(change.experiment(), before);
            }
            if (!change.mayFollow(before.stage())) {
                throw new StageRefusedException(before.stage(), change);
            }
            try {
                return learn(change.experiment(), written(before, change));
            } catch (DuplicateKeyException _) {
                log.debug("somebody else changed {} at the same time", change.experiment());
            }
        }
        throw Problem.of(ProblemType.BUSY, "Others are changing this stage: look at it and send the request again.")
                .raised();
    }

    /// Changes a stage unless somebody else has done so since.
    ///
    /// @param from what it was when it was decided
    /// @return `false` if it is something else by now, which is then known
    /// @throws DataAccessException if the database cannot be asked
    boolean changeFrom(Staged from, StageChange change) {
        try {
            learn(change.experiment(), written(from, change));
            return true;
        } catch (DuplicateKeyException _) {
            refresh();
            return false;
        }
    }

    @Override
    public void close() {
        reader.shutdownNow();
    }

    private Staged written(Staged before, StageChange change) {
        Staged after = repository.change(before, change);
        log.atInfo().addKeyValue("event.action", "experiment.stage.changed")
                .addKeyValue("experiment.name", change.experiment())
                .addKeyValue("from", before.stage()).addKeyValue("to", after.stage())
                .addKeyValue("who", after.who()).addKeyValue("reason", after.why())
                .log("experiment '{}' goes from {} to {}{}: {} ({})", change.experiment(), before.stage(),
                        after.stage(), after.stage() == Stage.CANARY ? " " + after.canaryPercent() + " %" : "",
                        after.why(), after.who());
        return after;
    }

    private synchronized void refresh() {
        try {
            Map<String, Staged> stored = repository.all();
            if (!stored.keySet().containsAll(first.keySet())) {
                first.forEach(repository::begin);
                stored = repository.all();
            }
            stored.forEach(this::learn);
            readAt = System.nanoTime();
            read = true;
            if (failing) {
                log.info("The stages can be read again");
            }
            failing = false;
        } catch (RuntimeException e) {
            failures.increment();
            if (!failing) {
                log.warn("The stages cannot be read, the last known ones stay: {}",
                        e instanceof DataAccessException data ? data.getMostSpecificCause().getMessage() : e);
            }
            failing = true;
        }
    }

    /// Keeps the later revision: a read may have begun before a change and end after it.
    private Staged learn(String experiment, Staged found) {
        return known.merge(experiment, found, (old, fresh) -> fresh.revision() >= old.revision() ? fresh : old);
    }
}
