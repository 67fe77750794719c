package io.datadrivenchanges.benchmarks.experiment;

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/// What a call costs its caller, around a control and a candidate that cost next to nothing: each looks up one of 64 records. To be compared
/// with `bareControl` of the same run.
///
/// The detached candidates of the unpaced benchmarks are mostly shed, as no worker keeps up with a caller that does nothing else; the *paced* ones
/// leave the workers time, by a control that takes some microseconds, and are to be compared with `bareControlPaced`.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
public class CallerCostBenchmark {

    @Benchmark
    public Answers.Level bareControl(Answers answers) {
        return answers.control(answers.nextInput());
    }

    @Benchmark
    @Threads(2)
    public Answers.Level bareControlTwoThreads(Answers answers) {
        return answers.control(answers.nextInput());
    }

    @Benchmark
    public Answers.Level bareControlPaced(Answers answers) {
        return Answers.paced(answers.control(answers.nextInput()));
    }

    @Benchmark
    public Answers.Level disabled(Answers answers, Experiments.Disabled disabled) {
        return disabled.experiment.call(answers.nextInput());
    }

    @Benchmark
    public Answers.Level disabledByStage(Answers answers, Experiments.StageOff off) {
        return off.experiment.call(answers.nextInput());
    }

    @Benchmark
    public Answers.Level sampledOut(Answers answers, Experiments.SampledOut sampledOut) {
        return sampledOut.experiment.call(answers.nextInput());
    }

    @Benchmark
    public Answers.Level inlineMatch(Answers answers, Experiments.InlineMatch match) {
        return match.experiment.call(answers.nextInput());
    }

    @Benchmark
    @Threads(2)
    public Answers.Level inlineMatchTwoThreads(Answers answers, Experiments.InlineMatch match) {
        return match.experiment.call(answers.nextInput());
    }

    @Benchmark
    @Threads(8)
    public Answers.Level inlineMatchEightThreads(Answers answers, Experiments.InlineMatch match) {
        return match.experiment.call(answers.nextInput());
    }

    @Benchmark
    public Answers.Level inlineMismatch(Answers answers, Experiments.InlineMismatch mismatch) {
        return mismatch.experiment.call(answers.nextInput());
    }

    @Benchmark
    public Answers.Level inlineThrowing(Answers answers, Experiments.InlineThrowing throwing) {
        return throwing.experiment.call(answers.nextInput());
    }

    @Benchmark
    public Answers.Level detachedIdlePaced(Answers answers, Experiments.DetachedPaced idle) {
        return idle.experiment.call(answers.nextInput());
    }

    @Benchmark
    public Answers.Level detachedFull(Answers answers, Experiments.Detached full) {
        return full.experiment.call(answers.nextInput());
    }

    @Benchmark
    public Answers.Level detachedHanging(Answers answers, Experiments.DetachedHanging hanging) {
        return hanging.experiment.call(answers.nextInput());
    }

    @Benchmark
    public Answers.Level detachedSinkBlocked(Answers answers, Experiments.DetachedSinkBlocked blocked) {
        return blocked.experiment.call(answers.nextInput());
    }

    @Benchmark
    public Answers.Level detachedTrial(Answers answers, Experiments.Trials trials) {
        return trials.run(answers);
    }

    @Benchmark
    public Answers.Level scientist4j(Answers answers, Experiments.Scientist4j other) throws Exception {
        return other.run(answers);
    }

    @Benchmark
    public Answers.Level scientist4jAsync(Answers answers, Experiments.Scientist4j other) throws Exception {
        return other.runAsync(answers);
    }
}
