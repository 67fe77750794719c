package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/// Where the experiments of a process live: one per service. It owns the time, the sinks, the stages and the kill switch,
/// and every thread that works for an experiment; all of them are daemons and end with [#close]. Thread-safe.
///
/// Without a sink it still speaks, through three SLF4J loggers: `experiment.results` (each period one JSON line of totals per
/// experiment), `experiment.mismatch` (a JSON line per new kind of mismatch, at most ten others a minute, then a count of the
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

    /// The kill switch: `false` stops every candidate of this laboratory from being asked, at once and for existing experiments
    /// too. Calls are then no runs. Starts as `true`.
    void enabled(boolean on);

    /// The totals of all experiments, in the order of their building.
    List<Summary> summaries();

    /// How the laboratory itself does.
    Health health();

    /// Waits until no run is in flight and every report and log line has been handed over.
    ///
    /// @return `false` if that was not so within `atMost`, or the thread was interrupted (the flag is kept)
    boolean drain(Duration atMost);

    /// Ends every run in flight as `cancelled`, so that the counts add up, hands out what was reported (for at most a second),
    /// prints a last summary line and ends all threads. Experiments go on as their control alone. Further calls do nothing.
    @Override
    void close();

    /// How a laboratory does.
    ///
    /// @param enabled position of the kill switch
    /// @param disabledFor time for which the kill switch was off in total
    /// @param sinkFailures reports that a sink threw at
    /// @param dropped reports and log lines lost because those who take them were too slow
    record Health(boolean enabled, Duration disabledFor, long sinkFailures, long dropped) {}

    /// Collects the parts of a laboratory. Confined to one thread.
    final class Builder {

        private final List<Sink> sinks = new ArrayList<>();
        private @Nullable Time time;
        private StageSource stages = experiment -> Stage.SHADOW;
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
            return new RunningLaboratory(List.copyOf(sinks), time, stages, period, propagator);
        }
    }
}
