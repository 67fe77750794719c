package io.datadrivenchanges.benchmarks.pipeline;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.datadrivenchanges.benchmarks.measurement.CompilerLoad;
import io.datadrivenchanges.benchmarks.measurement.Latencies;
import io.datadrivenchanges.benchmarks.measurement.Machine;
import io.datadrivenchanges.benchmarks.measurement.Medians;
import io.datadrivenchanges.benchmarks.measurement.OpenLoop;
import io.datadrivenchanges.benchmarks.measurement.ProcessLoad;
import io.datadrivenchanges.benchmarks.measurement.Repeats;
import io.datadrivenchanges.benchmarks.measurement.ResultOptions;
import io.datadrivenchanges.benchmarks.measurement.Surroundings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How long a committed change takes until a reader in another process sees it, by three pipes in one run.
///
/// One writer changes couriers at a fixed rate, one committed transaction each ([OpenLoop]). The clock of a change starts when
/// its commit has returned and stops when a reader in this process sees it. A change that is not visible 10 s after the last
/// commit is lost.
///
/// All pipes run from the beginning to the end, each on a database of its own, and are warmed up one after the other. Then they take turns,
/// of which each has several: only one of them carries changes at any time, the others wait beside it, and a minute in which the machine is
/// slower slows all of them. All of them have the same server, broker and JVM settings, which let it compile in full, as in production.
@Command(name = "pipeline", sortOptions = false, description = {
        "Measures commit → visible: a hand-written floor, Debezium with its defaults, and this system, in turns."})
public final class PipelineLatency implements Callable<Integer> {
    private static final int MAX_RATE = 10_000;
    private static final int MAX_CHANGES = 1_000_000;
    private static final int MAX_ROUNDS = 100;
    private static final int MAX_IDLE_SECONDS = 600;
    private static final Duration VISIBLE_LIMIT = Duration.ofSeconds(10);
    private static final Duration SETTLE = Duration.ofSeconds(1);

    @Mixin
    private ResultOptions options = new ResultOptions();

    @Mixin
    private Repeats repeats = new Repeats();

    @Option(names = "--rate", defaultValue = "200", description = "Changes per second. Default: ${DEFAULT-VALUE}.")
    private int rate;

    @Option(names = "--changes", defaultValue = "4000", description = {
            "Measured changes per round and pipe. Default: ${DEFAULT-VALUE}."})
    private int changes;

    @Option(names = "--rounds", defaultValue = "6", description = "Rounds of all pipes. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--warm-up", defaultValue = "" + Lane.WARM_UP, description = {
            "Changes before the measured ones, in each round and pipe. Default: ${DEFAULT-VALUE}."})
    private int warmUp;

    @Option(names = "--idle-seconds", defaultValue = "5", description = {
            "How long the CPU of an idle publisher is measured, in each round. Default: ${DEFAULT-VALUE}."})
    private int idleSeconds;

    @Option(names = "--plot", paramLabel = "FILE", description = "File for the plot, an SVG.")
    private @Nullable Path plot;

    @Override
    public Integer call() throws SQLException, InterruptedException {
        options.check(rate >= 1 && rate <= MAX_RATE, "--rate has to be 1 to " + MAX_RATE + ".");
        options.check(changes >= 1 && changes <= MAX_CHANGES, "--changes has to be 1 to " + MAX_CHANGES + ".");
        options.check(rounds >= 1 && rounds <= MAX_ROUNDS, "--rounds has to be 1 to " + MAX_ROUNDS + ".");
        options.check(warmUp >= 0 && warmUp <= MAX_CHANGES, "--warm-up has to be 0 to " + MAX_CHANGES + ".");
        options.check(idleSeconds >= 1 && idleSeconds <= MAX_IDLE_SECONDS,
                "--idle-seconds has to be 1 to " + MAX_IDLE_SECONDS + ".");
        repeats.check(options);
        options.checkWritable();
        options.checkWritable("--plot", plot);

        Result result = measure();
        options.write(result);
        if (plot != null) {
            LatencyPlot.write(result, plot);
        }
        return Stream.of(Contender.values()).allMatch(contender -> result.side(contender).lost() == 0) ? 0 : 1;
    }

    private Result measure() throws SQLException, InterruptedException {
        var machine = Machine.here();
        Map<Contender, List<Round>> measured = new EnumMap<>(Contender.class);
        try (var bench = Bench.start(options.repository());
                Lane floor = Lane.open(Contender.FLOOR, bench);
                Lane debeziumDefaults = Lane.open(Contender.DEBEZIUM_DEFAULTS, bench);
                Lane ours = Lane.open(Contender.OURS, bench)) {
            Map<Contender, Lane> lanes = new EnumMap<>(Map.of(Contender.FLOOR, floor, Contender.DEBEZIUM_DEFAULTS,
                    debeziumDefaults, Contender.OURS, ours));
            for (Map.Entry<Contender, Lane> lane : lanes.entrySet()) {
                options.say("warming up: " + lane.getKey());
                lane.getValue().warmUp(warmUp);
            }
            for (int round = 0; round < rounds; round++) {
                // Everybody is first, last and in the middle.
                List<Contender> order = new ArrayList<>(Arrays.asList(Contender.values()));
                Collections.rotate(order, round);
                for (Contender contender : order) {
                    Round result;
                    do {
                        result = round(Objects.requireNonNull(lanes.get(contender)));
                        options.say(String.format(Locale.ROOT,
                                "round %d of %d, %s: p50 %.2f ms, p99 %.2f ms; compilers used %.1f %% of a core; %s",
                                round + 1, rounds, contender, result.p50Ms(), result.p99Ms(),
                                result.compilerPercent(), result.surroundings().reason()));
                    } while (result.lost() == 0 && repeats.again(result.surroundings().disturbedTail()));
                    measured.computeIfAbsent(contender, _ -> new ArrayList<>()).add(result);
                }
            }
        }
        return new Result(machine, rate, changes, repeats.taken(), side(measured, Contender.FLOOR),
                side(measured, Contender.DEBEZIUM_DEFAULTS), side(measured, Contender.OURS));
    }

    private static Side side(Map<Contender, List<Round>> measured, Contender contender) {
        return Side.of(measured.getOrDefault(contender, List.of()));
    }

    private Round round(Lane lane) throws InterruptedException {
        var surroundings = Surroundings.watch();
        var compilers = CompilerLoad.watch();
        var busy = ProcessLoad.of(lane.pipe().publisher());
        var timeline = new Timeline(lane.couriers(), changes);
        lane.pipe().tell(timeline);
        new OpenLoop(rate).run(changes, timeline::change);
        double cpu = busy.percentOfOneCore();
        double compiling = compilers.percentOfOneCore();
        timeline.awaitAllVisible(VISIBLE_LIMIT);
        var latencies = new Latencies();
        timeline.addTo(latencies);

        pause(SETTLE);
        var idle = ProcessLoad.of(lane.pipe().publisher());
        pause(Duration.ofSeconds(idleSeconds));
        return new Round(latencies, cpu, idle.percentOfOneCore(), compiling, surroundings.seen());
    }

    private static void pause(Duration length) {
        long end = System.nanoTime() + length.toNanos();
        for (long left = length.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /// One turn of one pipe.
    ///
    /// @param compilerPercent of a core, used by the compilers of all JVMs while it was measured; NaN where the system does not tell
    record Round(@JsonIgnore Latencies latencies, double p50Ms, double p99Ms, double maxMs, long lost,
            double cpuPercent, double idleCpuPercent, double compilerPercent,
            Surroundings.Seen surroundings) {
        Round(Latencies latencies, double cpuPercent, double idleCpuPercent, double compilerPercent,
                Surroundings.Seen surroundings) {
            this(latencies, latencies.p50Millis(), latencies.p99Millis(), latencies.maxMillis(), latencies.lost(),
                    cpuPercent, idleCpuPercent, compilerPercent, surroundings);
        }
    }

    /// One pipe: percentiles of the changes of all its rounds, in milliseconds, and medians of the percentages of one core that
    /// its publisher used in each.
    ///
    /// The slowest hundredth of one round is a handful of stalls, each of which many changes wait for; the percentile of one
    /// round, be it the middle one, says how many there happened to be.
    record Side(@JsonIgnore Latencies latencies, double p50Ms, double p99Ms, double maxMs, long lost,
            double cpuPercent, double idleCpuPercent, List<Round> rounds) {
        static Side of(List<Round> rounds) {
            var all = new Latencies();
            rounds.forEach(round -> all.add(round.latencies()));
            return new Side(all, all.p50Millis(), all.p99Millis(), all.maxMillis(), all.lost(),
                    Medians.of(rounds, Round::cpuPercent), Medians.of(rounds, Round::idleCpuPercent), rounds);
        }
    }

    /// What is written as JSON.
    ///
    /// @param repeated  rounds that were dropped and taken again, because something else ran
    /// @param disturbed whether something else ran in any round that counts, so that the numbers are not to be trusted
    record Result(Machine machine, Instant at, int rate, int changes, int repeated, Side floor, Side debeziumDefaults,
            Side ours, double ratioP50, double ratioP99, Surroundings.Seen surroundings, boolean disturbed,
            String reason) {
        Result(Machine machine, int rate, int changes, int repeated, Side floor, Side debeziumDefaults, Side ours) {
            this(machine, rate, changes, repeated, floor, debeziumDefaults, ours,
                    Surroundings.Seen.worst(Stream.of(floor, debeziumDefaults, ours)
                            .flatMap(side -> side.rounds().stream()).map(Round::surroundings).toList()));
        }

        private Result(Machine machine, int rate, int changes, int repeated, Side floor, Side debeziumDefaults,
                Side ours, Surroundings.Seen surroundings) {
            this(machine, Instant.now().truncatedTo(ChronoUnit.SECONDS), rate, changes, repeated, floor,
                    debeziumDefaults, ours, ours.p50Ms() / floor.p50Ms(), ours.p99Ms() / floor.p99Ms(), surroundings,
                    surroundings.disturbedTail(),
                    surroundings.reason());
        }

        Side side(Contender contender) {
            return switch (contender) {
                case FLOOR -> floor;
                case DEBEZIUM_DEFAULTS -> debeziumDefaults;
                case OURS -> ours;
            };
        }
    }
}
