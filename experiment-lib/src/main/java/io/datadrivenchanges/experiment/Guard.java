package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/// The deadline of one step on a worker. Exactly one of two things happens: the worker ends the step in time, or the guard
/// expires, which interrupts the worker and tells so.
///
/// `RUNNING → DONE` by the worker, `RUNNING → INTERRUPTING → EXPIRED` by the timer or a canceller. A worker that finds itself late
/// waits while `INTERRUPTING`, so that the interrupt never hits what it does next.
final class Guard {

    private enum State {
        RUNNING, DONE, INTERRUPTING, EXPIRED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
    private final Thread worker = Thread.currentThread();
    private final Runnable onExpiry;
    private final Runnable cancelTimer;

    /// Starts a step of the current thread.
    ///
    /// @param onExpiry called on the timer's thread if the step does not end in time; short
    Guard(Time time, Duration limit, Runnable onExpiry) {
        this.onExpiry = onExpiry;
        cancelTimer = time.schedule(limit, this::expire);
    }

    /// Ends the step, on its worker. Clears the worker's interrupt flag.
    ///
    /// @return whether it ended in time
    boolean end() {
        boolean inTime = state.compareAndSet(State.RUNNING, State.DONE);
        if (inTime) {
            cancelTimer.run();
        }
        while (state.get() == State.INTERRUPTING) {
            Thread.onSpinWait();
        }
        Thread.interrupted();
        return inTime;
    }

    void expire() {
        if (interruptWorker()) {
            onExpiry.run();
        }
    }

    /// Interrupts the step without a word.
    ///
    /// @return `false` if it had ended or expired before
    boolean cancel() {
        boolean interrupted = interruptWorker();
        if (interrupted) {
            cancelTimer.run();
        }
        return interrupted;
    }

    private boolean interruptWorker() {
        if (!state.compareAndSet(State.RUNNING, State.INTERRUPTING)) {
            return false;
        }
        worker.interrupt();
        state.set(State.EXPIRED);
        return true;
    }
}
