package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

import io.datadrivenchanges.experiment.verdict.Criteria;
import org.jspecify.annotations.Nullable;

/// What may be said about a candidate, all of it optional. A step belongs to the candidate named last, but [#key], [#criteria], [#context],
/// [#strict] and [#trackLatency] to the experiment. What the functions given here throw is contained and reported by its [Operation].
/// Confined to one thread; later changes do not reach what has been built.
///
/// @param <I> input
/// @param <C> the control's result
/// @param <D> the candidate's result
/// @param <R> this type
public sealed interface Steps<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object, R extends Steps<I, C, D, R>>
        permits Rest, RestAsync {

    /// Sets when errors count as the same answer, instead of "same class and same message". Asked if at least one side threw, with
    /// the control's error first and `null` for a side that returned.
    R comparingErrors(BiPredicate<@Nullable Throwable, @Nullable Throwable> alike);

    /// Adds a rule for an expected difference; rules are asked in their order, the first that holds counts.
    ///
    /// @param rule a name
    R ignore(String rule, Ignore<? super I, C, D> when);

    /// Sets which inputs are compared; the others count as `filtered`. Asked once per run, on the caller's thread.
    R onlyIf(Predicate<? super I> gate);

    /// Sets which calls are compared; the others count as `sampled_out`. Default: all, and 1 % of what the candidate answers itself.
    R sampler(Sampler sampler);

    /// Sets what stands for the input in reports, for sticky samplers and for [Stage#CANARY]; default is the input itself.
    R key(Function<? super I, ? extends @Nullable Object> key);

    /// Sets how the candidate runs; default `new Shadow.Detached(64, Duration.ofSeconds(1))`.
    R shadow(Shadow mode);

    /// Sets when a detached candidate starts; default [Order#RANDOM].
    R order(Order order);

    /// Sets how to read the versions that tell a late candidate from a wrong one; a negative version is unknown. Default: all unknown.
    R versions(ToLongFunction<? super C> control, ToLongFunction<? super D> candidate);

    /// Sets whether an unknown version makes two values incomparable; default `false`.
    R requireVersions(boolean on);

    /// Sets how old the candidate's answer was at most when it was read; `null` is unknown. Default: unknown.
    R freshness(Function<? super D, ? extends @Nullable Duration> staleness);

    /// Sets the group that an input belongs to; few different ones. Default: none.
    R cohort(Function<? super I, String> cohort);

    /// Sets when a mismatch is looked at again, to tell late from wrong; default [Recheck#standard], for a reference [Recheck#none]. The
    /// candidate, and at most five times a second the control, are then called once more with the input of the run, on a worker.
    R recheck(Recheck ladder);

    /// Sets what the verdict asks for before a candidate may take over, in all stages of the experiment; default: as the laboratory.
    R criteria(Criteria criteria);

    /// Sets what a mismatch costs; default: nothing is known.
    R impact(Impact<? super I, ? super C, ? super D> minorUnits);

    /// Sets how the candidate answers the caller at [Stage#CANARY] and beyond. At most one candidate of an experiment can.
    R serve(Function<? super D, ? extends Served<C>> answer);

    /// Sets how a value is made fit to be kept and shown. Gets the compared parts and the [#key], never `null`, and only when somebody wants to see
    /// them; if it throws, `[redacted]` is shown. Of what a behaviour throws it gets the message that is kept as evidence; sinks and log lines
    /// show the error as it is.
    R clean(UnaryOperator<Object> redact);

    /// Adds to what every result of the experiment says about its circumstances.
    ///
    /// @throws IllegalArgumentException if the key is there already, here or in the laboratory
    R context(String key, String value);

    /// Adds to what every observation of this candidate says about its circumstances, over what the experiment says.
    ///
    /// @throws IllegalArgumentException if the key is there already for this candidate
    R observationContext(String key, String value);

    /// Sets what happens before all behaviours of a compared run, on the caller's thread. If it throws, the candidate is not run.
    R beforeRun(Consumer<? super I> hook);

    /// Sets what happens last, with the result of a compared run; on the laboratory's thread.
    R afterRun(Consumer<? super Report.Result> hook);

    /// Sets whether results go to the sinks; default `true`. Counted they are always.
    R published(boolean on);

    /// Sets whether durations are measured; default `true`.
    R trackLatency(boolean on);

    /// Sets whether failed candidates and controls are logged and go to the sinks; default `true`. Counted they are always.
    R trackErrors(boolean on);

    /// Sets whether a call throws a [MismatchError] where the sides disagree; default: as the laboratory.
    R strict(boolean on);

    /// Makes calls throw this error where the sides disagree.
    R strict(Function<? super Report.Result, ? extends Error> error);
}
