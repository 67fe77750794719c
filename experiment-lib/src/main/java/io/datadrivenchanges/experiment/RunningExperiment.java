package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// An experiment whose control answers at once. Thread-safe; the caller's thread takes no lock and waits for nothing but the control, be it
/// for another caller's call of it where fallbacks are shared.
final class RunningExperiment<I extends @Nullable Object, C extends @Nullable Object, X extends Exception>
        implements
            Experiment<I, C, X>,
            RunningLaboratory.Member {

    private final Panel<I, C> panel;
    private final Fn<I, C, X> control;
    /// Of callers whom the candidate was to answer; `null` if each asks by itself.
    private final @Nullable SharedCalls<C> shared;

    RunningExperiment(Panel<I, C> panel, Fn<I, C, X> control, boolean fallbacksShared) {
        this.panel = panel;
        this.control = control;
        shared = fallbacksShared ? new SharedCalls<>() : null;
    }

    @Override
    public C call(I input) throws X {
        return panel.isOn() ? called(input, null) : control.call(input);
    }

    @Override
    public C call(I input, Sampling override) throws X {
        return panel.isOn() ? called(input, override) : control.call(input);
    }

    @Override
    public Answer<C> answer(I input) throws X {
        Stage stage = panel.stageOrOff();
        Candidate<I, C, ?> serving = panel.serving(input, stage);
        if (serving != null && stage != null) {
            return served(serving, input, stage, null);
        }
        return new Answer<>(shadowed(input, stage, null), Answer.Origin.CONTROL, stage == null ? Stage.OFF : stage,
                null);
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

    private C called(I input, @Nullable Sampling override) throws X {
        Stage stage = panel.stage();
        Candidate<I, C, ?> serving = panel.serving(input, stage);
        if (serving != null && stage != null) {
            return served(serving, input, stage, override).value();
        }
        return shadowed(input, stage, override);
    }

    /// The control answers.
    private C shadowed(I input, @Nullable Stage stage, @Nullable Sampling override) throws X {
        if (stage == null || stage == Stage.OFF) {
            return control.call(input);
        }
        long n = panel.start();
        Timing.Look look = panel.timing.next(n);
        long begun = look == Timing.Look.BEFORE ? nanos() : 0;
        Run<C> runs = panel.begin(input, override, n);
        if (runs == null) {
            return control.call(input);
        }
        return look == Timing.Look.NOT_AT_ALL ? untimed(input, stage, runs) : timed(input, stage, runs, look, begun);
    }

    private C untimed(I input, Stage stage, Run<C> runs) throws X {
        Run.startAll(runs, false, 0);
        C value;
        try {
            value = control.call(input);
        } catch (Throwable thrown) {
            Run.tellThrown(runs, thrown, stage, null);
            throw thrown;
        }
        Run.tellReturned(runs, value, stage, null);
        return value;
    }

    private C timed(I input, Stage stage, Run<C> runs, Timing.Look look, long begun) throws X {
        boolean behaviours = look == Timing.Look.BEHAVIOURS;
        long started = Run.startAll(runs, behaviours, behaviours ? nanos() : 0);
        if (!behaviours) {
            started = nanos();
        }
        if (look == Timing.Look.BEFORE) {
            panel.timing.addedBefore(started - begun);
        }
        return timedControl(input, stage, runs, look, started);
    }

    private C timedControl(I input, Stage stage, Run<C> runs, Timing.Look look, long started) throws X {
        C value;
        try {
            value = control.call(input);
        } catch (Throwable thrown) {
            Run.tellThrown(runs, thrown, stage, panel.timing.controlEnded(started, nanos()));
            throw thrown;
        }
        Span span = panel.timing.controlEnded(started, nanos());
        Run.tellReturned(runs, value, stage, span);
        if (look == Timing.Look.AFTER) {
            panel.timing.addedAfter(nanos() - span.ended());
        }
        return value;
    }

    /// The candidate answers, or says why not.
    private <D extends @Nullable Object> Answer<C> served(Candidate<I, C, D> candidate, I input, Stage stage,
            @Nullable Sampling override) throws X {
        if (!candidate.mayServe()) {
            return new Answer<>(suspended(input, stage, override), Answer.Origin.CONTROL, stage, "suspended");
        }
        panel.start();
        panel.leaveOut(candidate);
        long started = nanos();
        Outcome<D> outcome = candidate.readInline(input);
        Span read = new Span(started, nanos());
        candidate.durations.record(read.nanos());
        if (stage == Stage.COMPLETE) {
            candidate.end(Tally.End.SAMPLED_OUT);
            return new Answer<>(last(candidate, outcome), Answer.Origin.CANDIDATE, stage, null);
        }
        return switch (candidate.served(outcome)) {
            case Served.Value<C> value -> {
                candidate.compareBehind(input, stage, override, candidate.seen(outcome, read, true),
                        control);
                yield new Answer<>(value.value(), Answer.Origin.CANDIDATE, stage, null);
            }
            case Served.Fallback<C> fallback -> {
                Run<C> run = new InlineRun<>(candidate, input, outcome, null);
                C value = shared == null
                        ? timedControl(input, stage, run, Timing.Look.BEHAVIOURS, nanos())
                        : together(shared, input, stage, run);
                yield new Answer<>(value, Answer.Origin.CONTROL, stage, fallback.why());
            }
        };
    }

    /// The candidate was to answer, but is no longer read on callers' threads.
    private C suspended(I input, Stage stage, @Nullable Sampling override) throws X {
        if (shared == null) {
            return shadowed(input, stage, override);
        }
        Run<C> runs = panel.begin(input, override, panel.start());
        Run.startAll(runs, true, nanos());
        return together(shared, input, stage, runs);
    }

    /// Asks the control together with whoever asks about the same key. Each call is a run of its own; the time is that of the control, as
    /// what the control said is from then.
    private C together(SharedCalls<C> calls, I input, Stage stage, @Nullable Run<C> runs) throws X {
        return switch (calls.ask(panel.key(input), () -> asked(input))) {
            case Asked.Answered<C> answered -> {
                Run.tellReturned(runs, answered.value(), stage, answered.span());
                yield answered.value();
            }
            case Asked.Failed<C> failed -> {
                Run.tellThrown(runs, failed.error(), stage, failed.span());
                yield RunningExperiment.<C, X>rethrown(failed.error());
            }
        };
    }

    private Asked<C> asked(I input) {
        long started = nanos();
        try {
            C value = control.call(input);
            return new Asked.Answered<>(value, panel.timing.controlEnded(started, nanos()));
        } catch (Throwable thrown) {
            return new Asked.Failed<>(thrown, panel.timing.controlEnded(started, nanos()));
        }
    }

    /// There is no control any more: whatever the candidate did is the result.
    private <D extends @Nullable Object> C last(Candidate<I, C, D> candidate, Outcome<D> outcome) throws X {
        if (outcome instanceof Outcome.Threw<D> threw) {
            return RunningExperiment.<C, X>rethrown(threw.error());
        }
        return switch (candidate.served(outcome)) {
            case Served.Value<C> value -> value.value();
            case Served.Fallback<C> fallback -> throw new NoAnswerException(panel.name, fallback.why());
        };
    }

    /// The very instance, though its type may be one that the control never declared.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <R extends @Nullable Object, T extends Throwable> R rethrown(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private long nanos() {
        return panel.laboratory.time.nanos();
    }
}
