package io.datadrivenchanges.experiment.micrometer;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import io.datadrivenchanges.experiment.Cost;
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
/// | `experiment.exposures` | counter | experiment, candidate, `result`: good, bad or baseline |
/// | `experiment.convergence` | timer | experiment, candidate: how late those were that became equal, upper bounds |
/// | `experiment.duration` | timer | experiment, `behaviour`: control or candidate |
/// | `experiment.duration.max` | gauge | the same |
/// | `experiment.in.flight`, `experiment.rechecking` | gauge | experiment, candidate |
/// | `experiment.overhead` | timer | experiment |
/// | `experiment.sampling.ratio` | gauge | experiment |
/// | `experiment.stage` | gauge, 0 or 1 | experiment, stage |
/// | `experiment.cost` | counter | experiment, candidate, currency, `direction`: what mismatches would have cost, in whole minor units, paid too much (over) or too little (under); there from the first mismatch in a currency on |
/// | `experiment.cost.refused` | counter | experiment, candidate: costs that are in no total, as it would have overflowed or the currency is the 17th |
/// | `experiment.verdict` | gauge, 0 or 1 | experiment, candidate, `verdict`: promote, continue, demote or blocked |
/// | `experiment.evidence.size` | gauge | |
/// | `experiment.evidence.dropped`, `experiment.reports.dropped` | counter | |
/// | `experiment.disabled.seconds`, `experiment.sink.failures` | counter | |
public final class ExperimentMeters implements MeterBinder {

    private static final List<String> VERDICTS = List.of("promote", "continue", "demote", "blocked");

    private final Laboratory laboratory;

    public ExperimentMeters(Laboratory laboratory) {
        this.laboratory = Objects.requireNonNull(laboratory, "laboratory");
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        counter(registry, "experiment.disabled.seconds", "time the kill switch was off",
                health -> health.disabledFor().toMillis() / 1000.0);
        counter(registry, "experiment.sink.failures", "reports that a sink threw at", Laboratory.Health::sinkFailures);
        counter(registry, "experiment.reports.dropped", "reports and log lines lost to slow readers",
                Laboratory.Health::dropped);
        counter(registry, "experiment.evidence.dropped", "runs offered as evidence and not, or no longer, kept",
                Laboratory.Health::evidenceDropped);
        Gauge.builder("experiment.evidence.size", laboratory, lab -> lab.health().evidenceKept())
                .description("runs kept as evidence")
                .register(registry);
        laboratory.summaries().forEach(summary -> bind(registry, summary));
        laboratory.onCurrency((experiment, candidate, currency, total) -> {
            Tags tags = Tags.of("experiment", experiment, "candidate", candidate, "currency", currency);
            cost(registry, tags.and("direction", "over"), total, Cost::over);
            cost(registry, tags.and("direction", "under"), total, Cost::under);
        });
    }

    private void cost(MeterRegistry registry, Tags tags, Supplier<Cost> total, ToLongFunction<Cost> minorUnits) {
        FunctionCounter.builder("experiment.cost", laboratory, lab -> minorUnits.applyAsLong(total.get()))
                .tags(tags)
                .description("what mismatches would have cost had the candidate answered, in minor units")
                .register(registry);
    }

    private void counter(MeterRegistry registry, String name, String text, ToDoubleFunction<Laboratory.Health> value) {
        FunctionCounter.builder(name, laboratory, lab -> value.applyAsDouble(lab.health())).description(text)
                .register(registry);
    }

    private void bind(MeterRegistry registry, Summary first) {
        String name = first.name();
        Supplier<Summary> latest = () -> laboratory.summary(name).orElse(first);
        Tags experiment = Tags.of("experiment", name);
        for (int i = 0; i < first.sides().size(); i++) {
            int side = i;
            bind(registry, experiment.and("candidate", first.sides().get(i).name()),
                    () -> latest.get().sides().get(side));
        }
        for (Stage stage : Stage.values()) {
            Gauge.builder("experiment.stage", laboratory, lab -> latest.get().stage() == stage ? 1 : 0)
                    .tags(experiment.and("stage", stage.name()))
                    .description("1 for the stage the experiment is at")
                    .register(registry);
        }
        Gauge.builder("experiment.sampling.ratio", laboratory, lab -> lab.sampling(name))
                .tags(experiment)
                .description("largest share of the calls that is compared")
                .register(registry);
        FunctionTimer.builder("experiment.overhead", laboratory, lab -> latest.get().overhead().count(),
                lab -> latest.get().overhead().totalNanos(), TimeUnit.NANOSECONDS)
                .tags(experiment)
                .description("what compared calls cost their callers beside the control, of those looked at")
                .register(registry);
        durations(registry, name, "control", latest, Summary::controlDurations);
        durations(registry, name, "candidate", latest, Summary::candidateDurations);
    }

    private void bind(MeterRegistry registry, Tags tags, Supplier<Summary.Side> latest) {
        for (String finding : Summary.FINDINGS) {
            FunctionCounter.builder("experiment.runs", laboratory, lab -> count(latest, finding))
                    .tags(tags.and("finding", finding))
                    .description("ended runs by finding")
                    .register(registry);
        }
        for (String settlement : Summary.SETTLEMENTS) {
            FunctionCounter.builder("experiment.settlements", laboratory, lab -> count(latest, settlement))
                    .tags(tags.and("settlement", settlement))
                    .description("mismatches by what they turned out to be")
                    .register(registry);
        }
        exposures(registry, tags, "good", latest, Summary.Exposed::good);
        exposures(registry, tags, "bad", latest, Summary.Exposed::bad);
        exposures(registry, tags, "baseline", latest, Summary.Exposed::baseline);
        FunctionTimer.builder("experiment.convergence", laboratory, lab -> latest.get().rechecked().converged(),
                lab -> latest.get().rechecked().convergence().totalNanos(), TimeUnit.NANOSECONDS)
                .tags(tags)
                .description("how late those were that became equal, upper bounds")
                .register(registry);
        FunctionCounter
                .builder("experiment.cost.refused", laboratory, lab -> latest.get().assessment().costsRefused())
                .tags(tags)
                .description("costs that are in no total")
                .register(registry);
        for (String verdict : VERDICTS) {
            Gauge.builder("experiment.verdict", laboratory,
                    lab -> latest.get().assessment().verdict().key().equals(verdict) ? 1 : 0)
                    .tags(tags.and("verdict", verdict))
                    .description("1 for what the evidence says")
                    .register(registry);
        }
        Gauge.builder("experiment.in.flight", laboratory, lab -> count(latest, "in_flight"))
                .tags(tags)
                .description("runs that have not ended")
                .register(registry);
        Gauge.builder("experiment.rechecking", laboratory, lab -> count(latest, "rechecking"))
                .tags(tags)
                .description("mismatches that are looked at again")
                .register(registry);
    }

    private void exposures(MeterRegistry registry, Tags tags, String result, Supplier<Summary.Side> latest,
            ToLongFunction<Summary.Exposed> count) {
        FunctionCounter.builder("experiment.exposures", laboratory, lab -> count.applyAsLong(latest.get().exposed()))
                .tags(tags.and("result", result))
                .description("changes by how they were answered, and keys seen for the first time")
                .register(registry);
    }

    private static long count(Supplier<Summary.Side> latest, String key) {
        return latest.get().counts().getOrDefault(key, 0L);
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
