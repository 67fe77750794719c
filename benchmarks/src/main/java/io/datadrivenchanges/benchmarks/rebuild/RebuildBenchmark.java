package io.datadrivenchanges.benchmarks.rebuild;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import io.datadrivenchanges.benchmarks.measurement.Machine;
import io.datadrivenchanges.benchmarks.measurement.Repeats;
import io.datadrivenchanges.benchmarks.measurement.ResultOptions;
import io.datadrivenchanges.benchmarks.measurement.Surroundings;
import io.datadrivenchanges.stack.Folders;
import io.datadrivenchanges.stack.KafkaBroker;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// How long it takes to build a local table of all couriers from the topic, and how much heap it then holds, in four ways.
///
/// A broker of its own holds a topic with one record per courier. In each round every way is measured once, each in a fresh
/// JVM with the collector and object layout of payments-service, in an order that moves on by one from round to round. A
/// round before the first brings the topic into the page cache and does not count.
@Command(name = "rebuild", description = "Measures how fast the cache is built from the topic, and its heap per courier.")
public final class RebuildBenchmark implements Callable<Integer> {
    private static final List<String> JVM_FLAGS = List.of("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xms1g",
            "-Xmx1g");
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @Mixin
    private final ResultOptions result = new ResultOptions();

    @Mixin
    private final Repeats repeats = new Repeats();

    @Option(names = "--couriers", defaultValue = "1000000", description = "Couriers in the topic. Default: ${DEFAULT-VALUE}.")
    private int couriers;

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds that count. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--plot", paramLabel = "FILE", description = "File for the picture, as SVG.")
    private @Nullable Path plot;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        result.check(couriers >= 1 && couriers <= 5_000_000, "--couriers has to be 1 to 5000000.");
        result.check(rounds >= 1 && rounds <= 100, "--rounds has to be 1 to 100.");
        repeats.check(result);
        result.checkWritable();
        result.checkWritable("--plot", plot);

        var machine = Machine.here();
        Map<LocalTable.Kind, List<RebuildProcess.Measured>> measured = new EnumMap<>(LocalTable.Kind.class);
        List<Surroundings.Seen> seen = new ArrayList<>();
        Path folder = Files.createTempDirectory("rebuild-benchmark");
        try (var broker = KafkaBroker.start(folder.resolve("kafka"), 0)) {
            var topic = new CourierTopic(broker.bootstrapServers(), couriers);
            result.say("Writing " + couriers + " couriers");
            topic.write();
            for (int round = 0; round <= rounds; round++) {
                for (LocalTable.Kind kind : inTurn(round)) {
                    RebuildProcess.Measured one;
                    Surroundings.Seen around;
                    do {
                        var surroundings = Surroundings.watch();
                        one = measure(kind, topic, folder);
                        around = surroundings.seen();
                        result.say("Round %d of %d: %s %.2f s, %.1f B per courier; %s".formatted(round, rounds,
                                kind.key(), one.seconds(), one.bytesPerCourier(), around.reason()));
                    } while (round > 0 && repeats.again(around.disturbed()));
                    if (round > 0) {
                        seen.add(around);
                        measured.computeIfAbsent(kind, _ -> new ArrayList<>()).add(one);
                    }
                }
            }
        } finally {
            Folders.delete(folder);
        }
        var worst = Surroundings.Seen.worst(seen);
        var sides = new LinkedHashMap<String, Side>();
        measured.forEach((kind, all) -> sides.put(kind.key(), Side.of(all, couriers)));
        result.write(new Result(machine, couriers, rounds, repeats.taken(), JVM_FLAGS, worst, worst.disturbed(),
                worst.reason(), sides));
        if (plot != null) {
            RebuildPlot.write(sides, couriers, plot);
        }
        return 0;
    }

    /// Nobody is always the one after the same one.
    private static List<LocalTable.Kind> inTurn(int round) {
        List<LocalTable.Kind> kinds = new ArrayList<>(Arrays.asList(LocalTable.Kind.values()));
        Collections.rotate(kinds, round);
        return kinds;
    }

    private static RebuildProcess.Measured measure(LocalTable.Kind kind, CourierTopic topic, Path folder)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_FLAGS);
        command.addAll(List.of("-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"),
                "-Djava.io.tmpdir=" + folder, "-cp", System.getProperty("java.class.path"),
                RebuildProcess.class.getName(), kind.name(),
                topic.bootstrapServers(), Integer.toString(topic.couriers())));
        Path log = folder.resolve(kind + ".log");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(kind.key() + " failed:\n" + Files.readString(log));
            }
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        return JsonMapper.shared().readValue(lines.getLast(), RebuildProcess.Measured.class);
    }

    /// What is written as JSON.
    ///
    /// @param repeated how often something was measured again, because something else ran
    /// @param seen     the worst that was seen while what counts was measured
    record Result(Machine machine, int couriers, int rounds, int repeated, List<String> jvmFlags,
            Surroundings.Seen seen,
            boolean disturbed, String reason, @JsonAnyGetter Map<String, Side> sides) {}

    /// One way, measured: medians of the rounds, and the fastest and slowest.
    record Side(double seconds, double fastestSeconds, double slowestSeconds, double recordsPerSecond,
            double bytesPerCourier) {
        static Side of(List<RebuildProcess.Measured> measured, int couriers) {
            double[] seconds = sorted(measured, RebuildProcess.Measured::seconds);
            double[] bytes = sorted(measured, RebuildProcess.Measured::bytesPerCourier);
            double median = seconds[seconds.length / 2];
            return new Side(median, seconds[0], seconds[seconds.length - 1], couriers / median,
                    bytes[bytes.length / 2]);
        }

        private static double[] sorted(List<RebuildProcess.Measured> measured,
                ToDoubleFunction<RebuildProcess.Measured> value) {
            return measured.stream().mapToDouble(value).sorted().toArray();
        }
    }
}
