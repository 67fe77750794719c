package io.datadrivenchanges.benchmarks.startup;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.datadrivenchanges.benchmarks.measurement.Machine;
import io.datadrivenchanges.benchmarks.measurement.Medians;
import io.datadrivenchanges.benchmarks.measurement.ResultOptions;
import io.datadrivenchanges.benchmarks.measurement.Surroundings;
import io.datadrivenchanges.stack.StackException;
import io.datadrivenchanges.traffic.ExperimentNumbers;
import io.datadrivenchanges.traffic.TrafficException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How long `./demo` takes from the key press until a payment has been compared, and the memory that all its processes hold
/// a while later.
///
/// The demo is run as people run it, on its own ports. A first run does not count: it builds what is missing.
@Command(name = "startup", sortOptions = false, description = {
        "Measures how long ./demo takes until a payment has been compared, and its memory."})
public final class StartupBenchmark implements Callable<Integer> {
    private static final int MAX_ROUNDS = 100;
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration END_LIMIT = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(50);
    /// With traffic, until the memory is looked at.
    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(1);
    private static final String STANDARD_PORT = "8080";

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER_LIMIT).build();

    @Mixin
    private ResultOptions options = new ResultOptions();

    @Option(names = "--rounds", defaultValue = "3", description = "Starts that count. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Override
    public Integer call() throws IOException, InterruptedException {
        options.check(rounds >= 1 && rounds <= MAX_ROUNDS, "--rounds has to be 1 to " + MAX_ROUNDS + ".");
        options.checkWritable();

        var machine = Machine.here();
        List<Round> measured = new ArrayList<>();
        for (int round = 0; round <= rounds; round++) {
            Round one = round();
            options.say(String.format(Locale.ROOT, "start %d of %d: %.1f s, %d MB", round, rounds, one.seconds(),
                    one.residentMegabytes()));
            if (round > 0) {
                measured.add(one);
            }
        }
        options.write(Result.of(machine, measured));
        return 0;
    }

    private Round round() throws IOException, InterruptedException {
        Path log = Files.createTempFile("demo-", ".log");
        long start = System.nanoTime();
        Process demo = new ProcessBuilder("./demo").directory(options.repository().toAbsolutePath().toFile())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            while (!hasCompared()) {
                if (demo.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)
                        || System.nanoTime() - start > LIMIT.toNanos()) {
                    throw new StackException("./demo has compared no payment:\n" + Files.readString(log));
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            // What a start leaves behind of ended processes, such as initdb, cannot be told from others' work; this can.
            var surroundings = Surroundings.watch();
            demo.waitFor(SETTLE.toMillis(), TimeUnit.MILLISECONDS);
            return new Round(seconds, residentMegabytes(demo.toHandle()), surroundings.seen());
        } finally {
            demo.destroy();
            if (!demo.waitFor(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                demo.destroyForcibly();
            }
            Files.delete(log);
        }
    }

    private boolean hasCompared() throws InterruptedException {
        String port = System.getenv().getOrDefault("PAYMENTS_PORT", STANDARD_PORT);
        URI experiment = URI.create("http://127.0.0.1:" + port + "/experiments/courier-performance");
        try {
            var numbers = ExperimentNumbers.parse(http.send(
                    HttpRequest.newBuilder(experiment).timeout(ANSWER_LIMIT).build(), BodyHandlers.ofString()).body());
            return numbers.results().getOrDefault("results_match", 0L)
                    + numbers.results().getOrDefault("results_do_not_match", 0L) > 0;
        } catch (IOException | TrafficException _) {
            return false;
        }
    }

    private static long residentMegabytes(ProcessHandle demo) throws IOException {
        long kilobytes = 0;
        for (ProcessHandle process : Stream.concat(Stream.of(demo), demo.descendants()).toList()) {
            Path status = Path.of("/proc", Long.toString(process.pid()), "status");
            if (Files.isReadable(status)) {
                kilobytes += Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).sum();
            }
        }
        return kilobytes >> 10;
    }

    /// One start.
    record Round(double seconds, long residentMegabytes, Surroundings.Seen surroundings) {}

    /// What is written as JSON: medians of the starts.
    ///
    /// @param residentMegabytes of all processes, 0 where the system does not tell; what two of them share counts twice
    record Result(Machine machine, Instant at, double seconds, double residentMegabytes, List<Round> starts,
            Surroundings.Seen surroundings, boolean disturbed, String reason) {
        static Result of(Machine machine, List<Round> starts) {
            var seen = Surroundings.Seen.worst(starts.stream().map(Round::surroundings).toList());
            return new Result(machine, Instant.now().truncatedTo(ChronoUnit.SECONDS),
                    Medians.of(starts, Round::seconds), Medians.of(starts, Round::residentMegabytes), starts, seen,
                    seen.disturbed(), seen.reason());
        }
    }
}
