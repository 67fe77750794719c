package io.datadrivenchanges.payments.stage;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.datadrivenchanges.cache.CacheState;
import io.datadrivenchanges.cache.CacheStatus;
import io.datadrivenchanges.cache.PerformanceCache;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageChange;
import io.datadrivenchanges.experiment.StageRefusedException;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.experiment.Summary;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/// Takes an experiment from CANARY or LIVE back to SHADOW when the local copy of any instance has been unable to answer for too
/// long. Until then each payment asks Incentives instead; this ends a state in which that is the rule.
///
/// It looks once a second and goes on trying while the stage cannot be stored. It never goes forward again: that takes an operator or, where
/// it is switched on, a promotion by new evidence, which no copy that comes and goes collects. COMPLETE stays, as Incentives may no
/// longer be there to decide. The library's guard, which looks at wrong answers instead of missing ones, goes the same way: whoever is second finds
/// SHADOW and does nothing. Thread-safe.
@Component
final class StageGuard implements AutoCloseable {
    static final String WHO = "stage-guard";

    private static final Logger log = LoggerFactory.getLogger(StageGuard.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Set<Stage> SERVING = EnumSet.of(Stage.CANARY, Stage.LIVE);

    private final Laboratory laboratory;
    private final StageSwitch stages;
    private final PerformanceCache cache;
    private final Duration maxOutage;
    private final LongSupplier nanos;
    private final Counter demotions;
    private final ScheduledThreadPoolExecutor watch;
    private boolean out;
    private long outSince;

    @Autowired
    StageGuard(Laboratory laboratory, StageSwitch stages, PerformanceCache cache, StageGuardProperties properties,
            MeterRegistry meters) {
        this(laboratory, stages, cache, properties, meters, System::nanoTime);
        var _ = watch.scheduleWithFixedDelay(this::lookSafely, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Looks only when told to.
    StageGuard(Laboratory laboratory, StageSwitch stages, PerformanceCache cache, StageGuardProperties properties,
            MeterRegistry meters, LongSupplier nanos) {
        this.laboratory = laboratory;
        this.stages = stages;
        this.cache = cache;
        this.maxOutage = properties.maxOutage();
        this.nanos = nanos;
        demotions = Demotions.by(WHO, meters);
        watch = new ScheduledThreadPoolExecutor(1,
                task -> Thread.ofPlatform().daemon().name("payments-stage-guard").unstarted(task));
    }

    /// Looks at the copy, and acts if it has been out for too long.
    synchronized void look() {
        CacheStatus status = cache.status();
        if (status.state() == CacheState.READY) {
            out = false;
            return;
        }
        if (!out) {
            out = true;
            outSince = nanos.getAsLong();
        }
        if (nanos.getAsLong() - outSince >= maxOutage.toNanos()) {
            for (Summary experiment : laboratory.summaries()) {
                Stage stage = stages.stage(experiment.name());
                if (stage != null && SERVING.contains(stage)) {
                    demote(experiment.name(), status.state());
                }
            }
        }
    }

    private void demote(String experiment, CacheState state) {
        String why = "the local copy has been unable to answer for %d s: %s".formatted(maxOutage.toSeconds(), state);
        try {
            stages.change(new StageChange(experiment, Stage.SHADOW, 0, WHO, why, null));
            demotions.increment();
        } catch (StageRefusedException e) {
            throw new IllegalStateException("a step back is always allowed", e);
        }
    }

    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException e) {
            log.warn("The stage is not taken back yet: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        watch.shutdownNow();
    }
}
