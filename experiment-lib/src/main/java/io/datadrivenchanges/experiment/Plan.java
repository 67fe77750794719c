package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/// All that was said about one candidate of an experiment. `null` is "nothing was said", so that what was not asked for costs nothing.
/// Immutable.
final class Plan<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object> {

    final String experiment;
    final String candidateName;
    /// Whether it is a second control.
    final boolean reference;
    final Fn<I, D, ?> candidate;
    final Comparing<? super C, ? super D> comparing;
    final @Nullable BiPredicate<@Nullable Throwable, @Nullable Throwable> errorsAlike;
    final List<Rule<I, C, D>> rules;
    final @Nullable Predicate<? super I> gate;
    final @Nullable Sampler sampler;
    final Function<? super I, ? extends @Nullable Object> key;
    final Shadow shadow;
    final Order order;
    final @Nullable ToLongFunction<? super C> controlVersion;
    final @Nullable ToLongFunction<? super D> candidateVersion;
    final boolean versionsRequired;
    final @Nullable Function<? super D, ? extends @Nullable Duration> staleness;
    final @Nullable Function<? super I, String> cohort;
    final Recheck recheck;
    final @Nullable Impact<? super I, ? super C, ? super D> impact;
    final @Nullable Function<? super D, ? extends Served<C>> serve;
    final @Nullable UnaryOperator<Object> clean;
    /// Of the experiment, the laboratory's included.
    final Map<String, String> context;
    /// As `context`, with what was said of this candidate over it.
    final Map<String, String> candidateContext;
    final @Nullable Consumer<? super I> beforeRun;
    final @Nullable Consumer<? super Report.Result> afterRun;
    final boolean published;
    final boolean errorsTracked;
    final boolean strict;
    final @Nullable Function<? super Report.Result, ? extends Error> strictError;

    /// A rule for an expected difference.
    record Rule<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>(String name,
            Ignore<I, C, D> when) {}

    /// @throws IllegalArgumentException if what was said contradicts itself
    Plan(Draft<I, C, D, ?> draft) {
        experiment = draft.head.name;
        candidateName = draft.name;
        reference = draft.reference;
        candidate = draft.candidate;
        comparing = draft.comparing;
        errorsAlike = draft.errorsAlike;
        rules = List.copyOf(draft.rules);
        gate = draft.gate;
        sampler = draft.sampler;
        key = draft.head.key;
        shadow = draft.shadow;
        order = draft.order;
        controlVersion = draft.controlVersion;
        candidateVersion = draft.candidateVersion;
        versionsRequired = draft.versionsRequired;
        staleness = draft.staleness;
        cohort = draft.cohort;
        recheck = draft.recheck;
        impact = draft.impact;
        serve = draft.serve;
        clean = draft.clean;
        context = Collections.unmodifiableMap(new LinkedHashMap<>(draft.head.context));
        Map<String, String> overlaid = new LinkedHashMap<>(context);
        overlaid.putAll(draft.context);
        candidateContext = Collections.unmodifiableMap(overlaid);
        beforeRun = draft.beforeRun;
        afterRun = draft.afterRun;
        published = draft.published;
        errorsTracked = draft.errorsTracked;
        strict = draft.head.strict;
        strictError = draft.head.strictError;
        if (reference && serve != null) {
            throw new IllegalArgumentException("'" + candidateName + "' is a reference: it cannot serve");
        }
        if (versionsRequired && controlVersion == null) {
            throw new IllegalArgumentException("'" + candidateName + "' requires versions but has none");
        }
        if (shadow instanceof Shadow.Inline && order == Order.CONTROL_FIRST) {
            throw new IllegalArgumentException("'" + candidateName + "' runs inline: it is read before the control");
        }
    }
}
