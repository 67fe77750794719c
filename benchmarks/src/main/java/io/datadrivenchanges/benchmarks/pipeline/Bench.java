package io.datadrivenchanges.benchmarks.pipeline;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

import io.datadrivenchanges.benchmarks.measurement.OpenLoop;
import io.datadrivenchanges.stack.CompilerTiers;
import io.datadrivenchanges.stack.LocalStack;
import io.datadrivenchanges.stack.Part;

/// A local stack whose courier table has one writer and in which only what is measured runs. Confined to one thread.
record Bench(LocalStack stack, Couriers couriers) implements AutoCloseable {
    /// Changes after which little is left to compile.
    static final int WARM_UP = 100_000;
    private static final int COURIERS = 200;
    /// One of so many changes warms up in a transaction of its own.
    private static final int WARMED_UP_ALONE = 10;
    private static final int WARM_UP_RATE = 1_000;
    private static final Duration CARRYING_LIMIT = Duration.ofSeconds(90);
    private static final Duration ONE_TRY = Duration.ofSeconds(2);

    /// Starts everything and ends what is in the way: both services, and the publisher until its turn.
    static Bench start(Path repository) throws SQLException {
        LocalStack stack = LocalStack.of(repository).compilerTiers(CompilerTiers.ALL).start();
        try {
            stack.kill(Part.PAYMENTS);
            stack.kill(Part.INCENTIVES);
            stack.stop(Part.PUBLISHER);
            return new Bench(stack, Couriers.create(jdbcUrl(stack), 1, COURIERS));
        } catch (SQLException | RuntimeException e) {
            stack.close();
            throw e;
        }
    }

    static String jdbcUrl(LocalStack stack) {
        return stack.postgres().jdbcUrl("incentives") + "?user=incentives_app";
    }

    /// Carries so many changes that the JVMs have compiled what they run, nine of ten in large transactions, the others alone, and
    /// waits until all have arrived.
    void warmUp(Pipe pipe, int changes) throws InterruptedException {
        int alone = changes / WARMED_UP_ALONE;
        for (long end = couriers.changed() + changes - alone; couriers.changed() < end;) {
            var _ = couriers.changeRest();
        }
        new OpenLoop(WARM_UP_RATE).run(alone, _ -> couriers.changeNext());
        awaitCarrying(pipe);
    }

    /// Waits until the pipe carries changes: its publisher has started, and what others made before has been read.
    void awaitCarrying(Pipe pipe) throws InterruptedException {
        long end = System.nanoTime() + CARRYING_LIMIT.toNanos();
        while (!pipe.awaitVersion(couriers.changeRest(), ONE_TRY)) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("No change arrived within " + CARRYING_LIMIT.toSeconds() + " s");
            }
        }
    }

    @Override
    public void close() throws SQLException {
        try (stack) {
            couriers.close();
        }
    }
}
