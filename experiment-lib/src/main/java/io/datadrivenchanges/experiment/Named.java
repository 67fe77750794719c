package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// First step of building an [Experiment]: it has a name and needs a control. Confined to one thread.
public sealed interface Named permits Draft.Start {

    /// Sets the behaviour that answers. A lambda needs a typed parameter: `(CourierId id) -> …`.
    <I extends @Nullable Object, C extends @Nullable Object, X extends Exception> Controlled<I, C, X> control(
            Fn<I, C, X> control);
}
