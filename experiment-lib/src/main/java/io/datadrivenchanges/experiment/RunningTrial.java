package io.datadrivenchanges.experiment;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/// A trial, as an experiment whose input is the code to run. Thread-safe.
final class RunningTrial implements Trial, RunningLaboratory.Member {

    private final Panel<Code, @Nullable Object> panel;
    private final Experiment<Code, @Nullable Object, Exception> experiment;

    private record Code(Act<? extends @Nullable Object, ?> control, Callable<? extends @Nullable Object> candidate) {}

    RunningTrial(RunningLaboratory laboratory, String name) {
        Fn<Code, @Nullable Object, Exception> control = code -> code.control().call();
        Draft.Head<Code, @Nullable Object> head = new Draft.Head<>(laboratory, name, control);
        new Draft.WithControl<>(head, control).candidate("candidate", code -> code.candidate().call())
                .key(code -> null)
                .recheck(Recheck.none());
        panel = new Panel<>(head);
        experiment = new RunningExperiment<>(panel, control, false);
    }

    @Override
    public <T extends @Nullable Object> T run(Supplier<? extends T> control, Supplier<? extends T> candidate) {
        Objects.requireNonNull(control, "control");
        Objects.requireNonNull(candidate, "candidate");
        return this.<T, RuntimeException>call(control::get, candidate::get);
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // the control's own result and exception, which are T and X
    public <T extends @Nullable Object, X extends Exception> T call(Act<? extends T, X> control,
            Callable<? extends T> candidate) throws X {
        Objects.requireNonNull(control, "control");
        Objects.requireNonNull(candidate, "candidate");
        try {
            return (T) experiment.call(new Code(control, candidate));
        } catch (Exception thrown) {
            throw (X) thrown;
        }
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
    public Panel<?, ?> panel() {
        return panel;
    }
}
