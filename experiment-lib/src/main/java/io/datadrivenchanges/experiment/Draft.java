package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;

/// An experiment being built. Confined to one thread.
final class Draft<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object, X extends Exception>
        implements
            Rest<I, C, D, X> {

    private static final long UNKNOWN_VERSION = -1;

    final RunningLaboratory laboratory;
    final String name;
    final Fn<I, C, X> control;
    final String candidateName;
    final Fn<I, D, ?> candidate;
    final Comparing<? super C, ? super D> comparing;
    Function<? super I, ? extends @Nullable Object> key = input -> input;
    ToLongFunction<? super C> controlVersion = value -> UNKNOWN_VERSION;
    ToLongFunction<? super D> candidateVersion = value -> UNKNOWN_VERSION;
    Function<? super D, ? extends @Nullable Duration> staleness = value -> null;
    Shadow.Detached shadow = new Shadow.Detached(64, Duration.ofSeconds(1));

    private Draft(WithControl<I, C, X> controlled, String candidateName, Fn<I, D, ?> candidate,
            Comparing<? super C, ? super D> comparing) {
        laboratory = controlled.laboratory;
        name = controlled.name;
        control = controlled.control;
        this.candidateName = checkedName("candidate", candidateName);
        this.candidate = Objects.requireNonNull(candidate, "candidate");
        this.comparing = Objects.requireNonNull(comparing, "comparing");
    }

    @Override
    public Rest<I, C, D, X> key(Function<? super I, ? extends @Nullable Object> key) {
        this.key = Objects.requireNonNull(key, "key");
        return this;
    }

    @Override
    public Rest<I, C, D, X> versions(ToLongFunction<? super C> control, ToLongFunction<? super D> candidate) {
        controlVersion = Objects.requireNonNull(control, "control");
        candidateVersion = Objects.requireNonNull(candidate, "candidate");
        return this;
    }

    @Override
    public Rest<I, C, D, X> freshness(Function<? super D, ? extends @Nullable Duration> staleness) {
        this.staleness = Objects.requireNonNull(staleness, "staleness");
        return this;
    }

    @Override
    public Rest<I, C, D, X> shadow(Shadow mode) {
        shadow = switch (mode) {
            case Shadow.Detached detached -> detached;
        };
        return this;
    }

    @Override
    public Experiment<I, C, X> build() {
        return laboratory.add(name, () -> new ShadowExperiment<>(this));
    }

    static String checkedName(String what, String name) {
        if (name.isBlank() || name.length() > 100) {
            throw new IllegalArgumentException(
                    "the name of the " + what + " must have 1 to 100 characters: '" + name + "'");
        }
        return name;
    }

    record Start(RunningLaboratory laboratory, String name) implements Named {

        Start {
            checkedName("experiment", name);
        }

        @Override
        public <I extends @Nullable Object, C extends @Nullable Object, X extends Exception> Controlled<I, C, X> control(
                Fn<I, C, X> control) {
            return new WithControl<>(laboratory, name, Objects.requireNonNull(control, "control"));
        }
    }

    record WithControl<I extends @Nullable Object, C extends @Nullable Object, X extends Exception>(
            RunningLaboratory laboratory, String name, Fn<I, C, X> control) implements Controlled<I, C, X> {

        @Override
        public Rest<I, C, C, X> candidate(String candidateName, Fn<I, C, ?> candidate) {
            return candidate(candidateName, candidate, Comparing.<C>byValue());
        }

        @Override
        public <D extends @Nullable Object> Rest<I, C, D, X> candidate(String candidateName, Fn<I, D, ?> candidate,
                Comparing<? super C, ? super D> comparing) {
            return new Draft<>(this, candidateName, candidate, comparing);
        }

        @Override
        public Experiment<I, C, X> build() {
            return laboratory.add(name, () -> new ControlAlone<>(laboratory, name, control));
        }
    }
}
