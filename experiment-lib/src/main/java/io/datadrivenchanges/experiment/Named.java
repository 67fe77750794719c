package io.datadrivenchanges.experiment;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/// First step of building an experiment: it has a name and needs a control. Confined to one thread.
public sealed interface Named permits Draft.Start {

    /// Sets the behaviour that answers. A lambda needs a typed parameter: `(CourierId id) -> …`.
    <I extends @Nullable Object, C extends @Nullable Object, X extends Exception> Controlled<I, C, X> control(
            Fn<I, C, X> control);

    /// Sets the behaviour that answers later. A lambda needs a typed parameter: `(CourierId id) -> …`.
    <I extends @Nullable Object, C extends @Nullable Object> ControlledAsync<I, C> controlAsync(
            Function<I, ? extends CompletionStage<C>> control);
}
