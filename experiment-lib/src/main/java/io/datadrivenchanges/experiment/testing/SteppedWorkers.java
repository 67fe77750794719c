package io.datadrivenchanges.experiment.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/// Workers that stand still until they are told to take a step; then a task runs on the thread that tells them. Which of the
/// waiting tasks comes first follows from the seed alone, so that an order that breaks something can be had again. Give them to
/// `Laboratory.builder().workers(…)`. Thread-safe.
public final class SteppedWorkers implements Executor {

    private final Random random;
    private final long seed;
    private final List<Runnable> waiting = new ArrayList<>();

    /// @param seed of the order
    public SteppedWorkers(long seed) {
        this.seed = seed;
        random = new Random(seed);
    }

    @Override
    public synchronized void execute(Runnable task) {
        waiting.add(task);
    }

    /// How many tasks wait.
    public synchronized int waiting() {
        return waiting.size();
    }

    /// Runs one of the waiting tasks to its end.
    ///
    /// @return `false` if none was waiting
    public boolean step() {
        Runnable task = take();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    /// Runs tasks until none waits, those included that are handed over meanwhile.
    ///
    /// @return how many there were
    public int stepAll() {
        int steps = 0;
        while (step()) {
            steps++;
        }
        return steps;
    }

    private synchronized @Nullable Runnable take() {
        return waiting.isEmpty() ? null : waiting.remove(random.nextInt(waiting.size()));
    }

    @Override
    public String toString() {
        return "SteppedWorkers[seed=" + seed + ", waiting=" + waiting() + "]";
    }
}
