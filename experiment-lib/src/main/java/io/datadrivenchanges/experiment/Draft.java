package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

import io.datadrivenchanges.experiment.verdict.Criteria;
import org.jspecify.annotations.Nullable;

/// A candidate being described; becomes a [Plan] when the experiment is built. Confined to one thread.
abstract class Draft<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object, R> {

    static final long UNKNOWN_VERSION = -1;

    final Head<I, C> head;
    final String name;
    final boolean reference;
    final Fn<I, D, ?> candidate;
    final Comparing<? super C, ? super D> comparing;
    final List<Plan.Rule<I, C, D>> rules = new ArrayList<>();
    final Map<String, String> context = new LinkedHashMap<>();
    @Nullable
    BiPredicate<@Nullable Throwable, @Nullable Throwable> errorsAlike;
    @Nullable
    Predicate<? super I> gate;
    @Nullable
    Sampler sampler;
    Shadow shadow = Shadow.Detached.STANDARD;
    Order order = Order.RANDOM;
    @Nullable
    ToLongFunction<? super C> controlVersion;
    @Nullable
    ToLongFunction<? super D> candidateVersion;
    boolean versionsRequired;
    @Nullable
    Function<? super D, ? extends @Nullable Duration> staleness;
    @Nullable
    Function<? super I, String> cohort;
    Recheck recheck;
    @Nullable
    Impact<? super I, ? super C, ? super D> impact;
    @Nullable
    Function<? super D, ? extends Served<C>> serve;
    @Nullable
    UnaryOperator<Object> clean;
    @Nullable
    Consumer<? super I> beforeRun;
    @Nullable
    Consumer<? super Report.Result> afterRun;
    boolean published = true;
    boolean errorsTracked = true;

    private Draft(Head<I, C> head, String name, boolean reference, Fn<I, D, ?> candidate,
            Comparing<? super C, ? super D> comparing) {
        this.head = head;
        this.name = checkedName("candidate", name);
        this.reference = reference;
        recheck = reference ? Recheck.none() : Recheck.standard();
        this.candidate = Objects.requireNonNull(candidate, "candidate");
        this.comparing = Objects.requireNonNull(comparing, "comparing");
        head.add(this);
    }

    abstract R self();

    public R comparingErrors(BiPredicate<@Nullable Throwable, @Nullable Throwable> alike) {
        errorsAlike = Objects.requireNonNull(alike, "alike");
        return self();
    }

    public R ignore(String rule, Ignore<? super I, C, D> when) {
        rules.add(new Plan.Rule<>(checkedName("rule", rule), Objects.requireNonNull(when, "when")::holds));
        return self();
    }

    public R onlyIf(Predicate<? super I> gate) {
        this.gate = Objects.requireNonNull(gate, "gate");
        return self();
    }

    public R sampler(Sampler sampler) {
        this.sampler = Objects.requireNonNull(sampler, "sampler");
        return self();
    }

    public R key(Function<? super I, ? extends @Nullable Object> key) {
        head.key = Objects.requireNonNull(key, "key");
        return self();
    }

    public R shadow(Shadow mode) {
        shadow = Objects.requireNonNull(mode, "mode");
        return self();
    }

    public R order(Order order) {
        this.order = Objects.requireNonNull(order, "order");
        return self();
    }

    public R versions(ToLongFunction<? super C> control, ToLongFunction<? super D> candidate) {
        controlVersion = Objects.requireNonNull(control, "control");
        candidateVersion = Objects.requireNonNull(candidate, "candidate");
        return self();
    }

    public R requireVersions(boolean on) {
        versionsRequired = on;
        return self();
    }

    public R freshness(Function<? super D, ? extends @Nullable Duration> staleness) {
        this.staleness = Objects.requireNonNull(staleness, "staleness");
        return self();
    }

    public R cohort(Function<? super I, String> cohort) {
        this.cohort = Objects.requireNonNull(cohort, "cohort");
        return self();
    }

    public R criteria(Criteria criteria) {
        head.criteria = Objects.requireNonNull(criteria, "criteria");
        return self();
    }

    public R recheck(Recheck ladder) {
        recheck = Objects.requireNonNull(ladder, "ladder");
        return self();
    }

    public R impact(Impact<? super I, ? super C, ? super D> minorUnits) {
        impact = Objects.requireNonNull(minorUnits, "minorUnits");
        return self();
    }

    public R serve(Function<? super D, ? extends Served<C>> answer) {
        serve = Objects.requireNonNull(answer, "answer");
        return self();
    }

    public R clean(UnaryOperator<Object> redact) {
        clean = Objects.requireNonNull(redact, "redact");
        return self();
    }

    public R context(String key, String value) {
        putNew(head.context, key, value);
        return self();
    }

    public R observationContext(String key, String value) {
        putNew(context, key, value);
        return self();
    }

    public R beforeRun(Consumer<? super I> hook) {
        beforeRun = Objects.requireNonNull(hook, "hook");
        return self();
    }

    public R afterRun(Consumer<? super Report.Result> hook) {
        afterRun = Objects.requireNonNull(hook, "hook");
        return self();
    }

    public R published(boolean on) {
        published = on;
        return self();
    }

    public R trackLatency(boolean on) {
        head.latencyTracked = on;
        return self();
    }

    public R trackErrors(boolean on) {
        errorsTracked = on;
        return self();
    }

    public R strict(boolean on) {
        head.strict = on;
        return self();
    }

    public R strict(Function<? super Report.Result, ? extends Error> error) {
        head.strict = true;
        head.strictError = Objects.requireNonNull(error, "error");
        return self();
    }

    private Plan<I, C, D> plan() {
        return new Plan<>(this);
    }

    static String checkedName(String what, String name) {
        if (name.isBlank() || name.length() > 100) {
            throw new IllegalArgumentException(
                    "the name of the " + what + " must have 1 to 100 characters: '" + name + "'");
        }
        return name;
    }

    /// @throws IllegalArgumentException if the key is there
    static void putNew(Map<String, String> context, String key, String value) {
        if (context.putIfAbsent(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value")) != null) {
            throw new IllegalArgumentException("the context has a '" + key + "' already");
        }
    }

    /// What belongs to the experiment as a whole.
    static final class Head<I extends @Nullable Object, C extends @Nullable Object> {

        final RunningLaboratory laboratory;
        final String name;
        final Fn<I, C, ?> control;
        final Map<String, String> context;
        Function<? super I, ? extends @Nullable Object> key = input -> input;
        Criteria criteria;
        boolean strict;
        @Nullable
        Function<? super Report.Result, ? extends Error> strictError;
        boolean latencyTracked = true;
        boolean fallbacksShared;
        private final List<Draft<I, C, ?, ?>> candidates = new ArrayList<>();

        /// @param control to be read again; asynchronous ones are waited for
        Head(RunningLaboratory laboratory, String name, Fn<I, C, ?> control) {
            this.laboratory = laboratory;
            this.name = name;
            this.control = control;
            context = new LinkedHashMap<>(laboratory.context);
            strict = laboratory.strict;
            criteria = laboratory.criteria;
        }

        private void add(Draft<I, C, ?, ?> candidate) {
            candidates.add(candidate);
        }

        /// @throws IllegalArgumentException if what was said contradicts itself
        List<Plan<I, C, ?>> plans() {
            List<Plan<I, C, ?>> plans = new ArrayList<>();
            Set<String> names = new HashSet<>();
            int serving = 0;
            for (Draft<I, C, ?, ?> candidate : candidates) {
                Plan<I, C, ?> plan = candidate.plan();
                if (!names.add(plan.candidateName)) {
                    throw new IllegalArgumentException(
                            "experiment '" + name + "' has a candidate named '" + plan.candidateName + "' already");
                }
                serving += plan.serve == null ? 0 : 1;
                plans.add(plan);
            }
            if (serving > 1) {
                throw new IllegalArgumentException("experiment '" + name + "' has more than one candidate that serves");
            }
            return List.copyOf(plans);
        }
    }

    record Start(RunningLaboratory laboratory, String name) implements Named {

        Start {
            checkedName("experiment", name);
        }

        @Override
        public <I extends @Nullable Object, C extends @Nullable Object, X extends Exception> Controlled<I, C, X> control(
                Fn<I, C, X> control) {
            Objects.requireNonNull(control, "control");
            return new WithControl<>(new Head<>(laboratory, name, control), control);
        }

        @Override
        public <I extends @Nullable Object, C extends @Nullable Object> ControlledAsync<I, C> controlAsync(
                Function<I, ? extends CompletionStage<C>> control) {
            Objects.requireNonNull(control, "control");
            Fn<I, C, ?> awaited = input -> control.apply(input).toCompletableFuture().get();
            return new WithAsyncControl<>(new Head<>(laboratory, name, awaited), control);
        }
    }

    record WithControl<I extends @Nullable Object, C extends @Nullable Object, X extends Exception>(Head<I, C> head,
            Fn<I, C, X> control) implements Controlled<I, C, X> {

        @Override
        public Rest<I, C, C, X> candidate(String name, Fn<I, C, ?> candidate) {
            return candidate(name, candidate, Comparing.<C>byValue());
        }

        @Override
        public <D extends @Nullable Object> Rest<I, C, D, X> candidate(String name, Fn<I, D, ?> candidate,
                Comparing<? super C, ? super D> comparing) {
            return new Called<>(this, name, false, candidate, comparing);
        }

        @Override
        public Rest<I, C, C, X> reference(String name, Fn<I, C, ?> reference,
                Comparing<? super C, ? super C> comparing) {
            return new Called<>(this, name, true, reference, comparing);
        }

        @Override
        public Experiment<I, C, X> build() {
            return head.laboratory.add(head.name,
                    () -> new RunningExperiment<>(new Panel<>(head), control, head.fallbacksShared));
        }
    }

    /// A candidate of an experiment whose control answers at once.
    static final class Called<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object, X extends Exception>
            extends
                Draft<I, C, D, Rest<I, C, D, X>>
            implements
                Rest<I, C, D, X> {

        private final WithControl<I, C, X> control;

        private Called(WithControl<I, C, X> control, String name, boolean reference, Fn<I, D, ?> candidate,
                Comparing<? super C, ? super D> comparing) {
            super(control.head, name, reference, candidate, comparing);
            this.control = control;
        }

        @Override
        Rest<I, C, D, X> self() {
            return this;
        }

        @Override
        public Rest<I, C, D, X> shareFallbacks(boolean on) {
            head.fallbacksShared = on;
            return this;
        }

        @Override
        public Rest<I, C, C, X> candidate(String name, Fn<I, C, ?> candidate) {
            return control.candidate(name, candidate);
        }

        @Override
        public <E extends @Nullable Object> Rest<I, C, E, X> candidate(String name, Fn<I, E, ?> candidate,
                Comparing<? super C, ? super E> comparing) {
            return control.candidate(name, candidate, comparing);
        }

        @Override
        public Rest<I, C, C, X> reference(String name, Fn<I, C, ?> reference,
                Comparing<? super C, ? super C> comparing) {
            return control.reference(name, reference, comparing);
        }

        @Override
        public Experiment<I, C, X> build() {
            return control.build();
        }
    }

    record WithAsyncControl<I extends @Nullable Object, C extends @Nullable Object>(Head<I, C> head,
            Function<I, ? extends CompletionStage<C>> control) implements ControlledAsync<I, C> {

        @Override
        public RestAsync<I, C, C> candidate(String name, Fn<I, C, ?> candidate) {
            return candidate(name, candidate, Comparing.<C>byValue());
        }

        @Override
        public <D extends @Nullable Object> RestAsync<I, C, D> candidate(String name, Fn<I, D, ?> candidate,
                Comparing<? super C, ? super D> comparing) {
            return new CalledAsync<>(this, name, false, candidate, comparing);
        }

        @Override
        public RestAsync<I, C, C> reference(String name, Fn<I, C, ?> reference,
                Comparing<? super C, ? super C> comparing) {
            return new CalledAsync<>(this, name, true, reference, comparing);
        }

        @Override
        public AsyncExperiment<I, C> build() {
            return head.laboratory.add(head.name, () -> new RunningAsyncExperiment<>(new Panel<>(head), control));
        }
    }

    /// A candidate of an experiment whose control answers later.
    static final class CalledAsync<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
            extends
                Draft<I, C, D, RestAsync<I, C, D>>
            implements
                RestAsync<I, C, D> {

        private final WithAsyncControl<I, C> control;

        private CalledAsync(WithAsyncControl<I, C> control, String name, boolean reference, Fn<I, D, ?> candidate,
                Comparing<? super C, ? super D> comparing) {
            super(control.head, name, reference, candidate, comparing);
            this.control = control;
        }

        @Override
        RestAsync<I, C, D> self() {
            return this;
        }

        /// @throws IllegalArgumentException for [Shadow.Inline]: the caller is gone before the control has answered
        @Override
        public RestAsync<I, C, D> shadow(Shadow mode) {
            if (mode instanceof Shadow.Inline) {
                throw new IllegalArgumentException("a candidate beside an asynchronous control runs detached");
            }
            return super.shadow(mode);
        }

        @Override
        public RestAsync<I, C, C> candidate(String name, Fn<I, C, ?> candidate) {
            return control.candidate(name, candidate);
        }

        @Override
        public <E extends @Nullable Object> RestAsync<I, C, E> candidate(String name, Fn<I, E, ?> candidate,
                Comparing<? super C, ? super E> comparing) {
            return control.candidate(name, candidate, comparing);
        }

        @Override
        public RestAsync<I, C, C> reference(String name, Fn<I, C, ?> reference,
                Comparing<? super C, ? super C> comparing) {
            return control.reference(name, reference, comparing);
        }

        @Override
        public AsyncExperiment<I, C> build() {
            return control.build();
        }
    }
}
