package io.datadrivenchanges.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;

import io.datadrivenchanges.cache.KafkaPerformanceCache;
import io.datadrivenchanges.stack.LocalStack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// How long a committed change takes until a cache in another process answers with it, in the whole running system with its
/// default settings.
///
/// One writer changes couriers at a fixed rate, one committed transaction each ([OpenLoop]). The clock of a change starts when
/// its commit has returned and stops when a lookup in the cache of this process sees it; both are read in this process, so no
/// clocks are compared. A change that is not visible 10 s after the last commit is lost.
@Command(name = "pipeline", description = "Measures commit → visible in the cache.")
final class PipelineLatency implements Callable<Integer> {
    private static final int COURIERS = 200;
    private static final int WARM_UP_CHANGES = 4_000;
    private static final Duration VISIBLE_LIMIT = Duration.ofSeconds(10);
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final int IDLE_SECONDS = 20;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(names = "--rate", defaultValue = "200", description = "changes per second (default ${DEFAULT-VALUE})")
    private int rate;

    @Option(names = "--changes", defaultValue = "4000", description = "changes per round, a multiple of " + COURIERS
            + " (default ${DEFAULT-VALUE})")
    private int changes;

    @Option(names = "--rounds", defaultValue = "3", description = "rounds after the warm-up (default ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--json", description = "file for the result")
    private @Nullable Path json;

    @Option(names = "--repository", defaultValue = ".", description = "root of the built project (default: here)")
    private Path repository = Path.of("");

    @Override
    public Integer call() throws SQLException, IOException, InterruptedException {
        requireThat(rate >= 1 && rate <= 10_000, "--rate has to be 1 to 10000");
        requireThat(changes >= COURIERS && changes <= 1_000_000 && changes % COURIERS == 0,
                "--changes has to be a multiple of " + COURIERS + ", at most 1000000");
        requireThat(rounds >= 1 && rounds <= 100, "--rounds has to be 1 to 100");

        Result result = measure();
        PrintWriter out = spec.commandLine().getOut();
        String text = new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(result);
        out.println(text);
        out.flush();
        if (json != null) {
            Files.writeString(json, text + "\n");
        }
        return result.ours().lost() == 0 ? 0 : 1;
    }

    private Result measure() throws SQLException, InterruptedException {
        var machine = Machine.here();
        try (LocalStack stack = LocalStack.of(repository).start();
                KafkaPerformanceCache cache = KafkaPerformanceCache.builder().bootstrapServers(stack.kafka()).start();
                Connection database = DriverManager
                        .getConnection(stack.postgres().jdbcUrl("incentives") + "?user=incentives_app")) {
            var couriers = Couriers.create(database, COURIERS);
            if (!cache.awaitVersion(COURIERS, 1, READY_LIMIT)) {
                throw new IllegalStateException("The cache did not become ready: " + cache.status());
            }
            var publisher = ProcessLoad.ofChildRunning("performance-cdc-publisher");
            round(couriers, cache, WARM_UP_CHANGES);
            List<Round> measured = new ArrayList<>();
            double busy = 0;
            for (int i = 0; i < rounds; i++) {
                publisher.start();
                measured.add(round(couriers, cache, changes));
                busy += publisher.percentOfOneCore() / rounds;
            }
            publisher.start();
            new OpenLoop(1).run(IDLE_SECONDS + 1, _ -> {});
            double idle = publisher.percentOfOneCore();
            return new Result(machine, rate, changes, rounds, Side.of(measured, busy, idle));
        }
    }

    private Round round(Couriers couriers, KafkaPerformanceCache cache, int count)
            throws SQLException, InterruptedException {
        var timeline = new Timeline(couriers, count);
        try (var _ = cache.onApplied(timeline)) {
            new OpenLoop(rate).run(count, timeline::change);
            timeline.awaitAllVisible(VISIBLE_LIMIT);
        }
        return timeline.round();
    }

    private void requireThat(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    /// What is written as JSON.
    record Result(Machine machine, int rate, int changes, int rounds, Side ours) {}

    /// One way to carry changes, measured: medians of the rounds, in milliseconds and percent of one core.
    record Side(double p50Ms, double p99Ms, double maxMs, long lost, double cpuPercent, double idleCpuPercent) {
        static Side of(List<Round> rounds, double busy, double idle) {
            return new Side(median(rounds, Round::p50Ms), median(rounds, Round::p99Ms), median(rounds, Round::maxMs),
                    rounds.stream().mapToLong(Round::lost).sum(), busy, idle);
        }

        private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
            return rounds.stream().mapToDouble(value).boxed().sorted(Comparator.naturalOrder()).toList()
                    .get(rounds.size() / 2);
        }
    }
}
