package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.datadrivenchanges.experiment.verdict.Criteria;
import org.jspecify.annotations.Nullable;

/// Where the experiments of a process live: one per service. It owns the time, the sinks, the stages and the kill switch,
/// and every thread that works for an experiment; all of them are daemons and end with [#close]. Thread-safe.
///
/// Without a sink it still speaks, through four SLF4J loggers: `experiment.results` (each period one JSON line of totals per
/// experiment), `experiment.verdict` (likewise one per candidate, if it has changed), `experiment.mismatch` (a JSON line per new kind of mismatch, at most ten others a minute, then a count of the
/// rest) and `experiment.lab` (troubles of the library and of the functions given to it).
public sealed interface Laboratory extends AutoCloseable permits RunningLaboratory {

    /// A laboratory with all defaults.
    static Laboratory create() {
        return builder().build();
    }

    /// A builder with all defaults.
    static Builder builder() {
        return new Builder();
    }

    /// Begins an experiment.
    ///
    /// @param name unique in the laboratory, 1 to 100 characters
    Named experiment(String name);

    /// Makes a trial: an experiment for two pieces of code.
    ///
    /// @param name unique in the laboratory, 1 to 100 characters
    /// @throws IllegalArgumentException if there is an experiment of this name already
    /// @throws IllegalStateException if the laboratory is closed
    Trial trial(String name);

    /// The kill switch: `false` stops every candidate of this laboratory from being asked, at once and for existing experiments
    /// too. Calls are then no runs. Starts as `true`. Switching on again also lets in experiments that had switched themselves off.
    void enabled(boolean on);

    /// Sets which share of an experiment's calls is compared at most, by chance and whatever its samplers say; `Sampling.FORCE` is
    /// stronger. Starts as 1. The other calls count as `sampled_out`.
    ///
    /// @param share from 0 to 1
    /// @throws IllegalArgumentException if there is no such experiment, or no such share
    void sampling(String experiment, double share);

    /// The share of an experiment's calls that is compared at most.
    ///
    /// @throws IllegalArgumentException if there is no such experiment
    double sampling(String experiment);

    /// The totals of all experiments, in the order of their building.
    List<Summary> summaries();

    /// The totals of one experiment; empty if there is none of this name.
    Optional<Summary> summary(String experiment);

    /// Tells of each currency in which a mismatch of a candidate costs something: of those known already at once, of each other when it is met, on
    /// a thread of the laboratory's. At most 16 for each candidate; now and then of one twice.
    ///
    /// @param listener short; what it throws is contained
    void onCurrency(CurrencyListener listener);

    /// How the laboratory itself does.
    Health health();

    /// The evidence kept of an experiment: of each kind of mismatch or failure at most 32 runs, fairly chosen. A mismatch is in it once it
    /// is settled.
    List<Evidence> evidence(String experiment);

    /// Waits until no run is in flight and every report and log line has been handed over; not for re-checks, which wait for time to
    /// pass.
    ///
    /// @return `false` if that was not so within `atMost`, or the thread was interrupted (the flag is kept)
    boolean drain(Duration atMost);

    /// Ends the re-checks that are open as `unsettled` and the runs in flight as `cancelled`, so that the counts add up (those whose control is under way when it has answered), hands
    /// out what was reported (for at most a second), prints a last summary line and ends all threads. Experiments go on as their
    /// control alone. Further calls do nothing.
    @Override
    void close();

    /// Takes the currencies in which mismatches cost something, as they are met. Must be thread-safe.
    @FunctionalInterface
    interface CurrencyListener {

        /// Takes a currency.
        ///
        /// @param total what the mismatches would have cost by the time it is asked; at any time, on any thread
        void met(String experiment, String candidate, String currency, Supplier<Cost> total);
    }

    /// How a laboratory does.
    ///
    /// @param enabled position of the kill switch
    /// @param disabledFor time for which the kill switch was off in total
    /// @param sinkFailures reports that a sink threw at
    /// @param dropped reports and log lines lost because those who take them were too slow
    /// @param evidenceKept runs kept as evidence
    /// @param evidenceDropped runs offered as evidence and not, or no longer, kept
    record Health(boolean enabled, Duration disabledFor, long sinkFailures, long dropped, long evidenceKept,
            long evidenceDropped) {}

    /// Collects the parts of a laboratory. Confined to one thread.
    final class Builder {

        private final List<Sink> sinks = new ArrayList<>();
        private @Nullable Time time;
        private final Map<String, String> context = new LinkedHashMap<>();
        private @Nullable Executor workers;
        private StageSource stages = experiment -> Stage.SHADOW;
        private @Nullable Stage defaultStage;
        private @Nullable StageStore stageStore;
        private @Nullable Promotion promotion;
        private AuditGate audit = (experiment, since) -> true;
        private Criteria criteria = Criteria.STANDARD;
        private boolean strict;
        private Duration period = Duration.ofMinutes(1);
        private ContextPropagator propagator = ContextPropagator.none();

        private Builder() {}

        /// Adds a sink; default is none.
        public Builder sink(Sink sink) {
            sinks.add(Objects.requireNonNull(sink, "sink"));
            return this;
        }

        /// Sets the time; default is the system's.
        public Builder time(Time time) {
            this.time = Objects.requireNonNull(time, "time");
            return this;
        }

        /// Sets who knows the stages; default: every experiment is in [Stage#SHADOW], as naming a candidate is consent.
        public Builder stages(StageSource stages) {
            this.stages = Objects.requireNonNull(stages, "stages");
            return this;
        }

        /// Sets who knows the stages.
        ///
        /// @param unknown stage of experiments it does not know, and whenever it throws
        public Builder stages(StageSource stages, Stage unknown) {
            defaultStage = Objects.requireNonNull(unknown, "unknown");
            return stages(stages);
        }

        /// Lets the stages move by evidence; default: they do not. Where they are is still said by [#stages(StageSource)], which should read
        /// the same store.
        public Builder promote(StageStore store, Promotion by) {
            stageStore = Objects.requireNonNull(store, "store");
            promotion = Objects.requireNonNull(by, "by");
            return this;
        }

        /// Sets who says whether all keys agree, before a stage goes forward by evidence; default: nobody is asked. While it says no, the
        /// verdict is to continue, and `audit` is what lacks.
        public Builder audit(AuditGate gate) {
            audit = Objects.requireNonNull(gate, "gate");
            return this;
        }

        /// Sets what verdicts ask for, of experiments that say nothing else; default [Criteria#STANDARD].
        public Builder criteria(Criteria criteria) {
            this.criteria = Objects.requireNonNull(criteria, "criteria");
            return this;
        }

        /// Sets who does the work of detached candidates; default: daemon threads of the laboratory's own, four per candidate. It must not
        /// run a task on the thread that hands it over. If it rejects a task, the candidate is shed.
        public Builder workers(Executor workers) {
            this.workers = Objects.requireNonNull(workers, "workers");
            return this;
        }

        /// Sets whether calls throw a [MismatchError] where the sides disagree, for use in tests; default `false`.
        public Builder strict(boolean on) {
            strict = on;
            return this;
        }

        /// Adds to what every result says about its circumstances.
        ///
        /// @throws IllegalArgumentException if the key is there already
        public Builder context(String key, String value) {
            Draft.putNew(context, key, value);
            return this;
        }

        /// Sets the time between two summary lines; positive; default one minute.
        public Builder period(Duration period) {
            if (!period.isPositive()) {
                throw new IllegalArgumentException("period must be positive: " + period);
            }
            this.period = period;
            return this;
        }

        /// Sets what is carried from the caller's thread to the candidate's; default nothing.
        public Builder propagate(ContextPropagator propagator) {
            this.propagator = Objects.requireNonNull(propagator, "propagator");
            return this;
        }

        /// Starts the laboratory.
        public Laboratory build() {
            return new RunningLaboratory(List.copyOf(sinks), time, workers, stages, defaultStage, stageStore, promotion,
                    audit, criteria, period, propagator, strict, new LinkedHashMap<>(context));
        }
    }
}
