package io.datadrivenchanges.experiment.micrometer;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.Summary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;

/// Shows the numbers of a laboratory's experiments as meters, read when the registry is scraped, so that callers pay nothing. Bind it after
/// the experiments are built: those built later have no meters. Thread-safe.
///
/// | Meter | Kind | Tags |
/// |---|---|---|
/// | `experiment.runs` | counter | experiment, candidate, `finding`: disjoint, so that they add up to the runs that have ended |
/// | `experiment.settlements` | counter | experiment, candidate, `settlement`: what mismatches turned out to be |
/// | `experiment.duration` | timer | experiment, `behaviour`: control or candidate |
/// | `experiment.duration.max` | gauge | the same |
/// | `experiment.in.flight` | gauge | experiment, candidate |
/// | `experiment.stage` | gauge, 0 or 1 | experiment, stage |
/// | `experiment.disabled.seconds`, `experiment.sink.failures`, `experiment.evidence.dropped` | counter | |
public final class ExperimentMeters implements MeterBinder {

    private final Laboratory laboratory;

    public ExperimentMeters(Laboratory laboratory) {
        this.laboratory = Objects.requireNonNull(laboratory, "laboratory");
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        counter(registry, "experiment.disabled.seconds", "time the kill switch was off",
                health -> health.disabledFor().toMillis() / 1000.0);
        counter(registry, "experiment.sink.failures", "reports that a sink threw at", Laboratory.Health::sinkFailures);
        counter(registry, "experiment.evidence.dropped", "reports and log lines lost to slow readers",
                Laboratory.Health::dropped);
        laboratory.summaries().forEach(summary -> bind(registry, summary));
    }

    private void counter(MeterRegistry registry, String name, String text, ToDoubleFunction<Laboratory.Health> value) {
        FunctionCounter.builder(name, laboratory, lab -> value.applyAsDouble(lab.health())).description(text)
                .register(registry);
    }

    private void bind(MeterRegistry registry, Summary first) {
        String name = first.name();
        Supplier<Summary> latest = () -> laboratory.summaries()
                .stream()
                .filter(summary -> summary.name().equals(name))
                .findFirst()
                .orElse(first);
        Tags both = Tags.of("experiment", name, "candidate", first.candidate());
        for (String finding : Summary.FINDINGS) {
            FunctionCounter.builder("experiment.runs", laboratory, lab -> latest.get().count(finding))
                    .tags(both.and("finding", finding))
                    .description("ended runs by finding")
                    .register(registry);
        }
        for (String settlement : Summary.SETTLEMENTS) {
            FunctionCounter.builder("experiment.settlements", laboratory, lab -> latest.get().count(settlement))
                    .tags(both.and("settlement", settlement))
                    .description("mismatches by what they turned out to be")
                    .register(registry);
        }
        Gauge.builder("experiment.in.flight", laboratory, lab -> latest.get().inFlight())
                .tags(both)
                .description("runs that have not ended")
                .register(registry);
        for (Stage stage : Stage.values()) {
            Gauge.builder("experiment.stage", laboratory, lab -> latest.get().stage() == stage ? 1 : 0)
                    .tags("experiment", name, "stage", stage.name())
                    .description("1 for the stage the experiment is at")
                    .register(registry);
        }
        durations(registry, name, "control", latest, Summary::controlDurations);
        durations(registry, name, "candidate", latest, Summary::candidateDurations);
    }

    private void durations(MeterRegistry registry, String name, String behaviour, Supplier<Summary> latest,
            Function<Summary, Summary.Durations> which) {
        Tags tags = Tags.of("experiment", name, "behaviour", behaviour);
        FunctionTimer.builder("experiment.duration", laboratory, lab -> which.apply(latest.get()).count(),
                lab -> which.apply(latest.get()).totalNanos(), TimeUnit.NANOSECONDS)
                .tags(tags)
                .description("duration of a behaviour alone")
                .register(registry);
        TimeGauge.builder("experiment.duration.max", laboratory, TimeUnit.NANOSECONDS,
                lab -> which.apply(latest.get()).maxNanos())
                .tags(tags)
                .description("longest duration of a behaviour since the start")
                .register(registry);
    }
}
