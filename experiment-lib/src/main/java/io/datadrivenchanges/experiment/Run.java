package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// One call of an experiment, as one candidate sees it, from its beginning to its one finding. The caller begins the runs of all
/// candidates, starts them, calls the control, and tells each what the control did. Nothing in here throws at the caller.
///
/// @param <C> the control's result
abstract sealed class Run<C extends @Nullable Object> permits InlineRun, DetachedRun {

    /// Of the same call; a list rather than an array, because most calls have one.
    final @Nullable Run<C> next;

    Run(@Nullable Run<C> next) {
        this.next = next;
    }

    /// Lets the candidate be read.
    ///
    /// @param timed whether this call is timed
    /// @param clock the time by now, if it is
    /// @return the time by then, if it is
    abstract long start(boolean timed, long clock);

    /// The control has returned; before the caller gets the value.
    ///
    /// @param timed whether `started` and `ended` mean something
    /// @return what a strict experiment throws
    abstract @Nullable Error controlReturned(C value, boolean timed, long started, long ended);

    /// The control has thrown; before the caller gets the exception.
    ///
    /// @param timed whether `started` and `ended` mean something
    /// @return what a strict experiment throws
    abstract @Nullable Error controlThrew(Throwable thrown, boolean timed, long started, long ended);

    /// Starts the runs of a call; see [#start].
    static <C extends @Nullable Object> long startAll(@Nullable Run<C> runs, boolean timed, long clock) {
        long now = clock;
        for (Run<C> run = runs; run != null; run = run.next) {
            now = run.start(timed, now);
        }
        return now;
    }

    /// Tells the runs of a call that the control has returned; throws only what a strict experiment is to throw.
    static <C extends @Nullable Object> void tellReturned(@Nullable Run<C> runs, C value, boolean timed, long started,
            long ended) {
        Error error = null;
        for (Run<C> run = runs; run != null; run = run.next) {
            error = both(error, run.controlReturned(value, timed, started, ended));
        }
        if (error != null) {
            throw error;
        }
    }

    /// Tells the runs of a call that the control has thrown; throws only what a strict experiment is to throw.
    static <C extends @Nullable Object> void tellThrown(@Nullable Run<C> runs, Throwable thrown, boolean timed,
            long started, long ended) {
        Error error = null;
        for (Run<C> run = runs; run != null; run = run.next) {
            error = both(error, run.controlThrew(thrown, timed, started, ended));
        }
        if (error != null) {
            throw error;
        }
    }

    private static @Nullable Error both(@Nullable Error first, @Nullable Error second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        first.addSuppressed(second);
        return first;
    }
}
