package io.datadrivenchanges.experiment;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The bounded threads of one experiment: permits limit what is under way, a few daemon platform threads do the work. The
/// caller never runs any of it. Thread-safe.
///
/// Platform threads, because a candidate that spins on a virtual one would hold a carrier that callers need.
final class Workers implements AutoCloseable {

    /// Enough that two stuck candidates do not stop the comparison, few enough not to compete with the callers.
    private static final int MAX_THREADS = 4;

    private final Semaphore permits;
    private final ThreadPoolExecutor threads;

    /// @param onFatal gets what a task throws; the thread then ends and is replaced
    Workers(String experiment, int maxInFlight, Consumer<Throwable> onFatal) {
        int count = Math.min(MAX_THREADS, maxInFlight);
        permits = new Semaphore(maxInFlight);
        threads = new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(maxInFlight),
                task -> Thread.ofPlatform()
                        .daemon()
                        .name("experiment-" + experiment + "-worker")
                        .uncaughtExceptionHandler((thread, error) -> onFatal.accept(error))
                        .unstarted(task));
    }

    boolean tryAcquire() {
        return permits.tryAcquire();
    }

    void release() {
        permits.release();
    }

    /// Runs a task of a run that holds a permit; as each has at most one task waiting, there is always room.
    ///
    /// @return `false` if closed
    boolean submit(Runnable task) {
        try {
            threads.execute(task);
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
