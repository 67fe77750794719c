package io.datadrivenchanges.benchmarks.experiment;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.datadrivenchanges.benchmarks.experiment.Answers.Level;
import io.datadrivenchanges.experiment.Comparing;
import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Fn;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Rest;
import io.datadrivenchanges.experiment.Sampler;
import io.datadrivenchanges.experiment.Shadow;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.Trial;
import io.dropwizard.metrics5.MetricRegistry;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// The experiments that are measured, each in a laboratory of its own that lives as long as its benchmark. Public for the code that JMH generates.
public final class Experiments {

    private Experiments() {}

    /// An experiment shared by all threads.
    @State(Scope.Benchmark)
    public abstract static class One {

        /// Opened when the benchmark is over, for candidates and sinks that hang.
        final CountDownLatch over = new CountDownLatch(1);
        Laboratory laboratory = Laboratory.create();
        Experiment<Integer, Level, RuntimeException> experiment = laboratory.experiment("none")
                .control(Answers::lookUp)
                .build();

        @Setup
        public void open() {
            laboratory.close();
            laboratory = build(Laboratory.builder());
            experiment = plan(Answers::lookUp, this::candidate).build();
        }

        Laboratory build(Laboratory.Builder builder) {
            return builder.build();
        }

        Rest<Integer, Level, Level, RuntimeException> plan(Fn<Integer, Level, RuntimeException> control,
                Fn<Integer, Level, Exception> candidate) {
            return laboratory.experiment("courier-performance")
                    .control(control)
                    .candidate("cache", candidate, Comparing.by(Level::name, Level::name))
                    .versions(Level::version, Level::version);
        }

        Level candidate(Integer input) throws Exception {
            return Answers.candidate(input);
        }

        @TearDown
        public void close() {
            over.countDown();
            laboratory.close();
        }
    }

    /// Inline, with a kill switch that is off.
    public static class Disabled extends InlineMatch {
        @Override
        public void open() {
            super.open();
            laboratory.enabled(false);
        }
    }

    /// Inline, at the stage OFF.
    public static class StageOff extends InlineMatch {
        @Override
        Laboratory build(Laboratory.Builder builder) {
            return builder.stages(name -> Stage.OFF).build();
        }
    }

    /// Inline, with a sampler that takes nothing.
    public static class SampledOut extends InlineMatch {
        @Override
        Rest<Integer, Level, Level, RuntimeException> plan(Fn<Integer, Level, RuntimeException> control,
                Fn<Integer, Level, Exception> candidate) {
            return super.plan(control, candidate).sampler(Sampler.never());
        }
    }

    /// Inline, always equal.
    public static class InlineMatch extends One {
        @Override
        Rest<Integer, Level, Level, RuntimeException> plan(Fn<Integer, Level, RuntimeException> control,
                Fn<Integer, Level, Exception> candidate) {
            return super.plan(control, candidate).shadow(new Shadow.Inline());
        }
    }

    /// Inline, never equal.
    public static class InlineMismatch extends InlineMatch {
        @Override
        Level candidate(Integer input) {
            return Answers.other(input);
        }
    }

    /// Inline, the candidate throws an exception made beforehand.
    public static class InlineThrowing extends InlineMatch {
        private final IllegalStateException thrown = new IllegalStateException("made beforehand");

        @Override
        Level candidate(Integer input) {
            throw thrown;
        }
    }

    /// Detached, and more calls than workers can compare.
    public static class Detached extends One {}

    /// Detached, with a control that leaves the workers time.
    public static class DetachedPaced extends One {
        @Override
        Rest<Integer, Level, Level, RuntimeException> plan(Fn<Integer, Level, RuntimeException> control,
                Fn<Integer, Level, Exception> candidate) {
            return super.plan(input -> Answers.paced(control.call(input)), candidate)
                    .shadow(new Shadow.Detached(4096, Duration.ofSeconds(1)));
        }
    }

    /// Detached, and no candidate ever ends.
    public static class DetachedHanging extends One {
        @Override
        Level candidate(Integer input) throws Exception {
            over.await();
            return Answers.candidate(input);
        }
    }

    /// Detached, never equal, and a sink that never comes back.
    public static class DetachedSinkBlocked extends One {
        @Override
        Laboratory build(Laboratory.Builder builder) {
            return builder.sink(report -> awaitEnd()).build();
        }

        @Override
        Level candidate(Integer input) {
            return Answers.other(input);
        }

        private void awaitEnd() {
            try {
                over.await();
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Two pieces of code.
    @State(Scope.Benchmark)
    public static class Trials {
        private final Laboratory laboratory = Laboratory.create();
        private final Trial trial = laboratory.trial("courier-performance");

        Level run(Answers answers) {
            Integer input = answers.nextInput();
            return trial.run(() -> Answers.lookUp(input), () -> Answers.candidate(input));
        }

        @TearDown
        public void close() {
            laboratory.close();
        }
    }

    /// The same through Scientist4J.
    @State(Scope.Benchmark)
    public static class Scientist4j {
        private final com.github.rawls238.scientist4j.Experiment<Level> experiment = new com.github.rawls238.scientist4j.Experiment<>(
                "courier-performance", new MetricRegistry());

        Level run(Answers answers) throws Exception {
            Integer input = answers.nextInput();
            return experiment.run(() -> Answers.lookUp(input), () -> Answers.candidate(input));
        }

        Level runAsync(Answers answers) throws Exception {
            Integer input = answers.nextInput();
            return experiment.runAsync(() -> Answers.lookUp(input), () -> Answers.candidate(input));
        }
    }
}
