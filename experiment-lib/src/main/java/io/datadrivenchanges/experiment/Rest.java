package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// Last step of building an [Experiment]: it has a candidate; more may be said about it, more candidates may follow. Confined to one
/// thread.
///
/// @param <I> input
/// @param <C> the control's result
/// @param <D> the candidate's result
/// @param <X> what the control throws
public sealed interface Rest<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object, X extends Exception>
        extends
            Controlled<I, C, X>,
            Steps<I, C, D, Rest<I, C, D, X>>
        permits Draft.Called {

    /// Sets whether callers whom the candidate was to answer, and could not, share a call of the control if they come with an equal key at the
    /// same time; default `false`. Belongs to the experiment. From [Stage#CANARY] on only: at [Stage#SHADOW] each call asks by itself. It
    /// keeps a candidate that fails for all from turning into as many calls of the control as there are callers.
    ///
    /// For controls only whose answer depends on the [key][#key] alone and is not changed by those who get it, because all get the very same
    /// value, or the very same exception. A caller may get an answer to a question that was asked *before its own call began*, by as much as
    /// a call of the control takes, on the thread of another caller and with what is bound to that thread: who has just changed something need
    /// not see the change. A caller asks by itself if it is interrupted (it keeps its interrupt), after waiting for ten seconds, and while
    /// 1,024 other keys are being asked about; what the control throws at an interrupted caller is not shared. How many different keys may
    /// be asked about at the same time is for the control to bound.
    Rest<I, C, D, X> shareFallbacks(boolean on);
}
