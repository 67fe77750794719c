package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/// The bounded workers of one candidate: permits limit what is under way, a few daemon platform threads do it. Handing over takes
/// no lock and wakes nobody: a permit, a link in a queue, and the workers look for themselves. Thread-safe.
///
/// Platform threads, because a candidate that spins on a virtual one would hold a carrier that callers need. Tasks that have waited for
/// too long are shed by whoever takes them or, while workers are stuck, by a timer.
final class Bench implements AutoCloseable {

    /// Enough that two stuck candidates do not stop the comparison, few enough not to compete with the callers.
    private static final int MAX_THREADS = 4;
    private static final long IDLE_NANOS = Duration.ofMillis(10).toNanos();

    private final Shadow.Detached limits;
    private final Time time;
    private final @Nullable Executor supplied;
    private final Consumer<Throwable> onFatal;
    private final String threadName;
    private final Semaphore permits;
    private final Queue<Task> waiting = new ConcurrentLinkedQueue<>();
    private final Set<Task> running = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final AtomicInteger stuck = new AtomicInteger();
    private final AtomicBoolean sweepDue = new AtomicBoolean();
    private volatile boolean closed;

    /// Something of a run that holds a permit.
    interface Task {

        /// On a worker. Throws only what has to be seen by whoever watches threads end.
        void run();

        /// Ends it if it has waited for too long and has not begun; on the timer's thread.
        void shedIfOverdue();

        /// Ends it whatever is going on; on any thread.
        void abandon(Reason why);
    }

    /// @param supplied does the work instead of threads of the bench's own
    /// @param onFatal gets what a task throws; the thread then ends and is replaced
    Bench(String experiment, Shadow.Detached limits, Time time, @Nullable Executor supplied,
            Consumer<Throwable> onFatal) {
        this.limits = limits;
        this.time = time;
        this.supplied = supplied;
        this.onFatal = onFatal;
        threadName = "experiment-" + experiment + "-worker";
        permits = new Semaphore(limits.maxInFlight());
        for (int i = 0; supplied == null && i < Math.min(MAX_THREADS, limits.maxInFlight()); i++) {
            startThread();
        }
    }

    /// The deadline of one step.
    Duration timeout() {
        return limits.timeout();
    }

    boolean tryAcquire() {
        return permits.tryAcquire();
    }

    void release() {
        permits.release();
    }

    /// Whether what was submitted at this time has waited for too long.
    boolean isOverdue(long submitted) {
        return time.nanos() - submitted > limits.timeout().toNanos();
    }

    /// Takes a task of a run that holds a permit; as each has at most one task waiting, the queue is bounded by the permits.
    ///
    /// @return `false` if it was not taken: closed, or the supplied workers are full
    boolean submit(Task task) {
        waiting.add(task);
        if (closed) {
            return !waiting.remove(task);
        }
        if (supplied != null) {
            try {
                supplied.execute(this::runNext);
            } catch (RejectedExecutionException full) {
                return !waiting.remove(task);
            }
        }
        return true;
    }

    /// A task's step went over its deadline: as long as it does not yield, nobody may take what waits in the queue, so it is
    /// looked through from time to time.
    void stuck() {
        stuck.incrementAndGet();
        sweepLater();
    }

    void freed() {
        stuck.decrementAndGet();
    }

    @Override
    public void close() {
        closed = true;
        for (Task task = waiting.poll(); task != null; task = waiting.poll()) {
            task.abandon(Reason.CANCELLED);
        }
        running.forEach(task -> task.abandon(Reason.CANCELLED));
        threads.forEach(Thread::interrupt);
    }

    private void startThread() {
        Thread thread = Thread.ofPlatform()
                .daemon()
                .name(threadName)
                .uncaughtExceptionHandler((ending, error) -> onFatal.accept(error))
                .unstarted(this::work);
        threads.add(thread);
        thread.start();
    }

    private void work() {
        Pause pause = new Pause(Math.min(IDLE_NANOS, Math.max(1, limits.timeout().toNanos() / 4)));
        boolean done = false;
        try {
            while (!closed) {
                if (runNext()) {
                    pause.worked();
                } else {
                    pause.rest();
                }
                Thread.interrupted(); // a step's own; close() is told by the loop's condition
            }
            done = true;
        } finally {
            threads.remove(Thread.currentThread());
            if (!done && !closed) {
                startThread();
            }
        }
    }

    private boolean runNext() {
        Task task = waiting.poll();
        if (task == null) {
            return false;
        }
        running.add(task);
        try {
            if (closed) {
                task.abandon(Reason.CANCELLED);
            }
            task.run();
        } finally {
            running.remove(task);
        }
        return true;
    }

    private void sweepLater() {
        if (!closed && sweepDue.compareAndSet(false, true)) {
            time.schedule(limits.timeout(), this::shedOverdue);
        }
    }

    private void shedOverdue() {
        sweepDue.set(false);
        waiting.forEach(Task::shedIfOverdue);
        if (stuck.get() > 0) {
            sweepLater();
        }
    }
}
