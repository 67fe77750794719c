package io.datadrivenchanges.experiment;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/// An experiment whose control answers later. Thread-safe.
final class RunningAsyncExperiment<I extends @Nullable Object, C extends @Nullable Object>
        implements
            AsyncExperiment<I, C>,
            RunningLaboratory.Member {

    private final Panel<I, C> panel;
    private final Function<I, ? extends CompletionStage<C>> control;

    RunningAsyncExperiment(Panel<I, C> panel, Function<I, ? extends CompletionStage<C>> control) {
        this.panel = panel;
        this.control = control;
    }

    @Override
    public CompletionStage<C> callAsync(I input) {
        Stage stage = panel.stageOrOff();
        if (stage == null || stage == Stage.OFF) {
            return control.apply(input);
        }
        Candidate<I, C, ?> serving = panel.serving(input, stage);
        if (serving != null) {
            return served(serving, input, stage);
        }
        Run<C> runs = panel.begin(input, null, panel.start());
        return runs == null ? control.apply(input) : compared(input, stage, runs, Run.startAll(runs, true, nanos()));
    }

    @Override
    public String name() {
        return panel.name;
    }

    @Override
    public Summary summary() {
        return panel.summary();
    }

    @Override
    public Panel<I, C> panel() {
        return panel;
    }

    private CompletionStage<C> compared(I input, Stage stage, Run<C> runs, long started) {
        CompletionStage<C> answer;
        try {
            answer = control.apply(input);
            answer.whenComplete((value, thrown) -> {
                if (thrown == null) {
                    Run.tellReturned(runs, value, stage, ended(started));
                } else {
                    Run.tellThrown(runs, unwrapped(thrown), stage, ended(started));
                }
            });
        } catch (Throwable thrown) {
            Run.tellThrown(runs, thrown, stage, ended(started));
            throw thrown;
        }
        return answer;
    }

    private <D extends @Nullable Object> CompletionStage<C> served(Candidate<I, C, D> candidate, I input, Stage stage) {
        panel.start();
        panel.leaveOut(candidate);
        Outcome<D> outcome = candidate.readInline(input);
        if (stage == Stage.COMPLETE && outcome instanceof Outcome.Threw<D> threw) {
            candidate.end(Tally.End.SAMPLED_OUT);
            return CompletableFuture.failedFuture(threw.error());
        }
        return switch (candidate.served(outcome)) {
            case Served.Value<C> value -> {
                candidate.end(Tally.End.SAMPLED_OUT);
                yield CompletableFuture.completedFuture(value.value());
            }
            case Served.Fallback<C> fallback when stage == Stage.COMPLETE -> {
                candidate.end(Tally.End.SAMPLED_OUT);
                yield CompletableFuture.failedFuture(new NoAnswerException(panel.name, fallback.why()));
            }
            case Served.Fallback<C> fallback ->
                compared(input, stage, new InlineRun<>(candidate, input, outcome, null), nanos());
        };
    }

    private Span ended(long started) {
        return panel.timing.controlEnded(started, nanos());
    }

    private long nanos() {
        return panel.laboratory.time.nanos();
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown.getCause();
        return thrown instanceof CompletionException && cause != null ? cause : thrown;
    }
}
