package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// An experiment without a candidate: the control, and nothing counted. Thread-safe.
final class ControlAlone<I extends @Nullable Object, C extends @Nullable Object, X extends Exception>
        implements
            Experiment<I, C, X> {

    private static final Tally NOTHING = new Tally();
    private static final Histogram NEVER = new Histogram();

    private final RunningLaboratory laboratory;
    private final String name;
    private final Fn<I, C, X> control;

    ControlAlone(RunningLaboratory laboratory, String name, Fn<I, C, X> control) {
        this.laboratory = laboratory;
        this.name = name;
        this.control = control;
    }

    @Override
    public C call(I input) throws X {
        return control.call(input);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Summary summary() {
        return new Summary(name, "", laboratory.stageOf(name), 0, 0, NOTHING.snapshot(), NEVER.snapshot(),
                NEVER.snapshot());
    }
}
