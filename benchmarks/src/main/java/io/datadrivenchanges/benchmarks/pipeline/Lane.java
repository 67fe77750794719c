package io.datadrivenchanges.benchmarks.pipeline;

import java.sql.SQLException;
import java.time.Duration;

import io.datadrivenchanges.benchmarks.measurement.OpenLoop;

/// A pipe that runs, and the couriers that it alone carries, changed by one writer. Confined to one thread.
record Lane(Pipe pipe, Couriers couriers) implements AutoCloseable {
    /// Changes after which little is left to compile.
    static final int WARM_UP = 120_000;
    private static final int COURIERS = 200;
    private static final int WARM_UP_RATE = 1_000;
    private static final Duration CARRYING_LIMIT = Duration.ofSeconds(90);
    private static final Duration ONE_TRY = Duration.ofSeconds(2);

    /// Creates the couriers and starts the pipe.
    static Lane open(Contender contender, Bench bench) throws SQLException {
        var couriers = Couriers.create(bench.jdbcUrl(contender), 1, COURIERS);
        try {
            return new Lane(contender.start(bench.stack()), couriers);
        } catch (RuntimeException e) {
            couriers.close();
            throw e;
        }
    }

    /// Carries so many changes that the JVMs have compiled what they run, and returns when all have arrived. Each is a transaction of its
    /// own, like those that are measured: a large one goes through other code.
    void warmUp(int changes) throws InterruptedException {
        awaitCarrying();
        new OpenLoop(WARM_UP_RATE).run(changes, _ -> couriers.changeNext());
        awaitCarrying();
    }

    /// Waits until the pipe carries changes: its publisher has started, and what others made before has been read.
    private void awaitCarrying() throws InterruptedException {
        long end = System.nanoTime() + CARRYING_LIMIT.toNanos();
        while (!pipe.awaitVersion(couriers.changeRest(), ONE_TRY)) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("No change arrived within " + CARRYING_LIMIT.toSeconds() + " s");
            }
        }
    }

    @Override
    public void close() throws SQLException {
        try (couriers) {
            pipe.close();
        }
    }
}
