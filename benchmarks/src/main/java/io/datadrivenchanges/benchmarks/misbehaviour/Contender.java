package io.datadrivenchanges.benchmarks.misbehaviour;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.github.rawls238.scientist4j.Result;
import io.datadrivenchanges.experiment.Comparing;
import io.datadrivenchanges.experiment.Comparison;
import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Report;
import io.datadrivenchanges.experiment.Shadow;
import io.datadrivenchanges.experiment.Sink;
import io.dropwizard.metrics5.MetricRegistry;

/// A way to run an experiment. What a misbehaviour does to it is to be seen by its callers.
enum Contender {
    INLINE("inline") {
        @Override
        Running start(Parts parts) {
            return new Ours(parts, new Shadow.Inline());
        }
    },
    DETACHED("detached") {
        @Override
        Running start(Parts parts) {
            return new Ours(parts, new Shadow.Detached(64, Duration.ofMillis(100)));
        }
    },
    SCIENTIST4J("Scientist4J 0.6, `run`") {
        @Override
        Running start(Parts parts) {
            return new Scientist4j(parts, false);
        }
    },
    SCIENTIST4J_ASYNC("Scientist4J 0.6, `runAsync`") {
        @Override
        Running start(Parts parts) {
            return new Scientist4j(parts, true);
        }
    },
    LAUNCH_DARKLY("LaunchDarkly 7.10.2, `Migration`") {
        @Override
        Running start(Parts parts) {
            return new LaunchDarkly(parts);
        }
    };

    /// How long reports and counts may take that follow after the callers have their answers.
    private static final Duration SETTLING = Duration.ofSeconds(5);
    private static final String NAME = "misbehaviour";

    private final String said;

    Contender(String said) {
        this.said = said;
    }

    /// Starts an experiment of these parts.
    abstract Running start(Parts parts);

    @Override
    public String toString() {
        return said;
    }

    /// An experiment that takes calls.
    interface Running extends AutoCloseable {

        Integer call(Integer input) throws Exception;

        /// Waits until what follows the calls is done, and says how many were counted.
        long counted();

        @Override
        void close();
    }

    private static final class Ours implements Running {

        private final Laboratory laboratory;
        private final Experiment<Integer, Integer, RuntimeException> experiment;

        Ours(Parts parts, Shadow shadow) {
            laboratory = Laboratory.builder().sink(new Sink() {
                @Override
                public void accept(Report report) {
                    parts.publish();
                }

                @Override
                public boolean wantsMatches() {
                    return true;
                }
            }).build();
            experiment = laboratory.experiment(NAME)
                    .control((Integer input) -> parts.control(input))
                    .candidate("candidate", parts::candidate,
                            Comparing.reasons((control, candidate) -> parts.alike(control, candidate)
                                    ? Comparison.equal()
                                    : Comparison.differs("value", control, candidate)))
                    .shadow(shadow)
                    .build();
        }

        @Override
        public Integer call(Integer input) {
            return experiment.call(input);
        }

        @Override
        public long counted() {
            laboratory.drain(SETTLING);
            return experiment.summary().runs() - experiment.summary().inFlight();
        }

        @Override
        public void close() {
            laboratory.close();
        }
    }

    private static final class Scientist4j implements Running {

        private final Parts parts;
        private final boolean async;
        private final MetricRegistry metrics = new MetricRegistry();
        /// As many as it takes itself, but daemons, so that this program can end.
        private final ExecutorService threads = Executors.newFixedThreadPool(2,
                task -> Thread.ofPlatform().daemon().name("scientist4j").unstarted(task));
        private final com.github.rawls238.scientist4j.Experiment<Integer> experiment;

        Scientist4j(Parts parts, boolean async) {
            this.parts = parts;
            this.async = async;
            experiment = new com.github.rawls238.scientist4j.Experiment<>(NAME, Map.of(), false, metrics, parts::alike,
                    threads) {
                @Override
                protected void publish(Result<Integer> result) {
                    parts.publish();
                }
            };
        }

        @Override
        public Integer call(Integer input) throws Exception {
            return async
                    ? experiment.runAsync(() -> parts.control(input), () -> parts.candidate(input))
                    : experiment.run(() -> parts.control(input), () -> parts.candidate(input));
        }

        @Override
        public long counted() {
            threads.shutdown();
            try {
                threads.awaitTermination(SETTLING.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            return metrics.counter(MetricRegistry.name("scientist", NAME, "total")).getCount();
        }

        @Override
        public void close() {
            threads.shutdownNow();
        }
    }
}
