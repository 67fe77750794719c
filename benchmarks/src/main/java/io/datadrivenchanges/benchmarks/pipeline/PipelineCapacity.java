package io.datadrivenchanges.benchmarks.pipeline;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.datadrivenchanges.benchmarks.measurement.Latencies;
import io.datadrivenchanges.benchmarks.measurement.Machine;
import io.datadrivenchanges.benchmarks.measurement.OpenLoop;
import io.datadrivenchanges.benchmarks.measurement.ResultOptions;
import io.datadrivenchanges.benchmarks.measurement.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The highest rate of changes that this system carries while 99 of 100 are visible within a limit.
///
/// Rates double until one is too high, then halve the distance between the last good and the first bad one until they are 10 %
/// apart. Eight writers commit at once, one change per transaction, so that the database's own limit is far away; where they
/// cannot keep their pace, it is not the pipe that is too slow, and the result says so.
@Command(name = "capacity", sortOptions = false, description = {
        "Finds the highest rate at which 99 % of the changes are visible within the limit."})
public final class PipelineCapacity implements Callable<Integer> {
    private static final int WRITERS = 8;
    private static final int COURIERS_PER_WRITER = 500;
    private static final double CLOSE_ENOUGH = 1.1;
    private static final int MAX_RATE = 100_000;
    private static final int MAX_SECONDS = 600;
    private static final int MAX_P99_MILLIS = 10_000;
    private static final Duration VISIBLE_LIMIT = Duration.ofSeconds(30);
    /// A writer that starts its last change later than this has not kept its pace.
    private static final Duration LATE = Duration.ofMillis(500);

    @Mixin
    private ResultOptions options = new ResultOptions();

    @Option(names = "--first-rate", defaultValue = "500", description = {
            "Changes per second to begin with. Default: ${DEFAULT-VALUE}."})
    private int firstRate;

    @Option(names = "--seconds", defaultValue = "10", description = "Length of one trial. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(names = "--max-p99", paramLabel = "MILLIS", defaultValue = "50", description = {
            "The limit. Default: ${DEFAULT-VALUE} ms."})
    private int maxP99;

    @Override
    public Integer call() throws SQLException, InterruptedException, ExecutionException {
        options.check(firstRate >= WRITERS && firstRate <= MAX_RATE,
                "--first-rate has to be " + WRITERS + " to " + MAX_RATE + ".");
        options.check(seconds >= 1 && seconds <= MAX_SECONDS, "--seconds has to be 1 to " + MAX_SECONDS + ".");
        options.check(maxP99 >= 1 && maxP99 <= MAX_P99_MILLIS, "--max-p99 has to be 1 to " + MAX_P99_MILLIS + ".");
        options.checkWritable();

        Result result = measure();
        options.write(result);
        return result.trials().stream().allMatch(trial -> trial.lost() == 0) ? 0 : 1;
    }

    private Result measure() throws SQLException, InterruptedException, ExecutionException {
        var machine = Machine.here();
        List<Trial> trials = new ArrayList<>();
        try (var bench = Bench.start(options.repository());
                var writers = Writers.create(bench);
                Lane lane = Lane.open(Contender.OURS, bench)) {
            lane.warmUp(Lane.WARM_UP);
            trial(firstRate, writers, lane.pipe()); // warms up what writes
            double good = 0;
            double bad = Double.POSITIVE_INFINITY;
            for (double rate = firstRate; rate <= MAX_RATE && bad / good > CLOSE_ENOUGH; rate = next(good, bad)) {
                Trial trial = trial(rate, writers, lane.pipe());
                options.say(String.format(Locale.ROOT, "%.0f changes/s: p99 %.1f ms%s", rate, trial.p99Ms(),
                        trial.writersKeptPace() ? "" : ", the writers could not keep that pace"));
                trials.add(trial);
                if (trial.within(maxP99)) {
                    good = rate;
                } else {
                    bad = rate;
                }
            }
        }
        return Result.of(machine, trials, maxP99);
    }

    private static double next(double good, double bad) {
        return Double.isInfinite(bad) ? good * 2 : (good + bad) / 2;
    }

    private Trial trial(double rate, Writers writers, Pipe pipe) throws InterruptedException, ExecutionException {
        var surroundings = Surroundings.watch();
        double each = rate / WRITERS;
        int changes = (int) Math.ceil(each * seconds);
        List<Timeline> timelines = writers.timelines(changes);
        pipe.tell((courierId, version, nanoTime) -> timelines.get(Writers.writerOf(courierId)).visible(courierId,
                version, nanoTime));
        Duration late = writers.run(timelines, changes, each);
        var latencies = new Latencies();
        for (Timeline timeline : timelines) {
            timeline.awaitAllVisible(VISIBLE_LIMIT);
            timeline.addTo(latencies);
        }
        return new Trial(rate, late.compareTo(LATE) < 0, latencies.p50Millis(), latencies.p99Millis(),
                latencies.maxMillis(), latencies.lost(), surroundings.seen());
    }

    /// Several couriers' owners that write at once. Confined to one thread.
    private record Writers(List<Couriers> all) implements AutoCloseable {
        /// Behind the couriers that show whether a pipe carries.
        private static final long FIRST = 1_000;

        static Writers create(Bench bench) throws SQLException {
            List<Couriers> all = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                all.add(Couriers.create(bench.jdbcUrl(Contender.OURS), FIRST + (long) writer * COURIERS_PER_WRITER,
                        COURIERS_PER_WRITER));
            }
            return new Writers(all);
        }

        /// Of another courier any: its timeline does not know it.
        static int writerOf(long courierId) {
            return Math.clamp((courierId - FIRST) / COURIERS_PER_WRITER, 0, WRITERS - 1);
        }

        List<Timeline> timelines(int changes) {
            return all.stream().map(couriers -> new Timeline(couriers, changes)).toList();
        }

        /// @return how late the latest writer was in the end
        Duration run(List<Timeline> timelines, int changes, double rateEach)
                throws InterruptedException, ExecutionException {
            List<Callable<Duration>> runs = new ArrayList<>();
            for (Timeline timeline : timelines) {
                runs.add(() -> new OpenLoop(rateEach).run(changes, timeline::change));
            }
            Duration late = Duration.ZERO;
            try (ExecutorService threads = Executors
                    .newThreadPerTaskExecutor(Thread.ofPlatform().name("writer-", 0).factory())) {
                for (Future<Duration> run : threads.invokeAll(runs)) {
                    late = late.compareTo(run.get()) < 0 ? run.get() : late;
                }
            }
            return late;
        }

        @Override
        public void close() throws SQLException {
            for (Couriers couriers : all) {
                couriers.close();
            }
        }
    }

    /// One rate, tried.
    record Trial(double rate, boolean writersKeptPace, double p50Ms, double p99Ms, double maxMs, long lost,
            Surroundings.Seen surroundings) {
        boolean within(double maxP99) {
            return writersKeptPace && lost == 0 && p99Ms < maxP99;
        }
    }

    /// What is written as JSON.
    ///
    /// @param ratePerSecond highest rate that was within the limit, 0 if none was
    /// @param limitedBy     `latency`, or `writers` if the next higher rate could not even be written
    record Result(Machine machine, Instant at, double ratePerSecond, String limitedBy, double maxP99Ms,
            List<Trial> trials, Surroundings.Seen surroundings, boolean disturbed, String reason) {
        static Result of(Machine machine, List<Trial> trials, double maxP99) {
            double best = trials.stream().filter(trial -> trial.within(maxP99)).mapToDouble(Trial::rate).max()
                    .orElse(0);
            boolean writersWereLate = trials.stream().filter(trial -> !trial.within(maxP99))
                    .reduce((a, b) -> a.rate() <= b.rate() ? a : b).filter(trial -> !trial.writersKeptPace())
                    .isPresent();
            var seen = Surroundings.Seen.worst(trials.stream().map(Trial::surroundings).toList());
            return new Result(machine, Instant.now().truncatedTo(ChronoUnit.SECONDS), best,
                    writersWereLate ? "writers" : "latency", maxP99, trials, seen, seen.disturbed(), seen.reason());
        }
    }
}
