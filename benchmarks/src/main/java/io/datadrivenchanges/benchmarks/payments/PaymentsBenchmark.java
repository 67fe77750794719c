package io.datadrivenchanges.benchmarks.payments;

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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.datadrivenchanges.benchmarks.measurement.Latencies;
import io.datadrivenchanges.benchmarks.measurement.Machine;
import io.datadrivenchanges.benchmarks.measurement.Medians;
import io.datadrivenchanges.benchmarks.measurement.ProcessLoad;
import io.datadrivenchanges.benchmarks.measurement.Repeats;
import io.datadrivenchanges.benchmarks.measurement.ResultOptions;
import io.datadrivenchanges.benchmarks.measurement.Surroundings;
import io.datadrivenchanges.stack.CompilerTiers;
import io.datadrivenchanges.stack.LocalStack;
import io.datadrivenchanges.stack.Part;
import io.datadrivenchanges.stack.StackException;
import io.datadrivenchanges.traffic.ExperimentNumbers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What the experiment costs payments, and what they gain once the cache answers: the stages OFF, SHADOW and LIVE on one
/// running system, in turns.
///
/// A turn changes the stage, pays for a moment that does not count, then pays as much as goes through, then at a fixed rate.
/// The system runs all the time; whatever it does beside payments, it does in every turn.
@Command(name = "payments", sortOptions = false, description = {
        "Measures payments with the experiment off, with it on, and answered from the cache, in turns."})
public final class PaymentsBenchmark implements Callable<Integer> {
    private static final int COURIERS = 1_000;
    private static final String CREATE_COURIERS = "INSERT INTO courier_performance (courier_id, performance, version)"
            + " SELECT n, 'HIGH', 1 FROM generate_series(1, " + COURIERS + ") AS n";
    private static final int MAX_RATE = 10_000;
    /// As many calls as Payments makes to Incentives at the same time.
    private static final int MAX_CONNECTIONS = 48;
    private static final int MAX_SECONDS = 600;
    private static final int MAX_ROUNDS = 100;
    private static final Duration SETTLE = Duration.ofSeconds(1);
    private static final int MAX_TRIES = 60;
    /// Those that work for a payment: not those that would also run without any.
    private static final List<Part> PARTS = List.of(Part.PAYMENTS, Part.INCENTIVES, Part.POSTGRES);

    @Mixin
    private ResultOptions options = new ResultOptions();

    @Mixin
    private Repeats repeats = new Repeats();

    @Option(names = "--connections", defaultValue = "16", description = {
            "Connections to Payments. Default: ${DEFAULT-VALUE}."})
    private int connections;

    @Option(names = "--rate", defaultValue = "200", description = {
            "Payments per second where latency is measured. Default: ${DEFAULT-VALUE}."})
    private int rate;

    @Option(names = "--rounds", defaultValue = "6", description = "Turns of each stage. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "5", description = {
            "How long a turn pays as much as goes through; twice that at the fixed rate. Default: ${DEFAULT-VALUE}."})
    private int seconds;

    @Option(names = "--compiler-tiers", paramLabel = "TIERS", defaultValue = "FIRST", description = {
            "How far the system's JVMs compile: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}."})
    private CompilerTiers tiers = CompilerTiers.FIRST;

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        options.check(connections >= 1 && connections <= MAX_CONNECTIONS,
                "--connections has to be 1 to " + MAX_CONNECTIONS + ".");
        options.check(rate >= 1 && rate <= MAX_RATE, "--rate has to be 1 to " + MAX_RATE + ".");
        options.check(rounds >= 1 && rounds <= MAX_ROUNDS, "--rounds has to be 1 to " + MAX_ROUNDS + ".");
        options.check(seconds >= 1 && seconds <= MAX_SECONDS, "--seconds has to be 1 to " + MAX_SECONDS + ".");
        repeats.check(options);
        options.checkWritable();

        Result result = measure();
        options.write(result);
        return Stream.of(result.off(), result.shadow(), result.live()).allMatch(side -> side.failed() == 0) ? 0 : 1;
    }

    private Result measure() throws InterruptedException, ExecutionException {
        var machine = Machine.here();
        Map<Variant, List<Turn>> turns = new EnumMap<>(Variant.class);
        try (LocalStack stack = LocalStack.of(options.repository()).compilerTiers(tiers).start()) {
            stack.postgres().run("incentives", CREATE_COURIERS);
            var client = new PaymentsClient(stack.payments(), connections, COURIERS);
            try (var load = new PaymentLoad(client, connections)) {
                warmUp(client, load);
                for (int round = 0; round < rounds; round++) {
                    for (Variant variant : inTurn(round)) {
                        Turn turn;
                        do {
                            turn = turn(variant, stack, client, load);
                            options.say(String.format(Locale.ROOT, "round %d of %d, %s: %.0f/s, p99 %.2f ms; %s",
                                    round + 1, rounds, variant, turn.perSecond(), turn.p99Ms(),
                                    turn.surroundings().reason()));
                        } while (turn.failed() == 0 && repeats.again(turn.surroundings().disturbed()));
                        turns.computeIfAbsent(variant, _ -> new ArrayList<>()).add(turn);
                    }
                }
                return Result.of(machine, connections, rate, repeats.taken(), turns, client.experiment());
            }
        }
    }

    /// Until all couriers are in the cache, and everything has run often enough to be compiled.
    private void warmUp(PaymentsClient client, PaymentLoad load) throws InterruptedException, ExecutionException {
        client.moveTo(Variant.LIVE);
        for (int tries = 0; load.saturate(Variant.LIVE, SETTLE).failed() > 0; tries++) {
            if (tries == MAX_TRIES) {
                throw new StackException("The cache did not answer for every courier within " + MAX_TRIES + " s.");
            }
        }
        for (Variant variant : Variant.values()) {
            client.moveTo(variant);
            load.saturate(variant, Duration.ofSeconds(2L * seconds));
        }
    }

    /// Everybody is first, last and in the middle, and follows each of the others.
    private static List<Variant> inTurn(int round) {
        List<Variant> order = new ArrayList<>(Arrays.asList(Variant.values()));
        Collections.rotate(order, round);
        return round % 2 == 0 ? order : order.reversed();
    }

    private Turn turn(Variant variant, LocalStack stack, PaymentsClient client, PaymentLoad load)
            throws InterruptedException, ExecutionException {
        client.moveTo(variant);
        load.saturate(variant, SETTLE);

        var surroundings = Surroundings.watch();
        List<ProcessLoad> parts = PARTS.stream().map(part -> ProcessLoad.of(stack.process(part))).toList();
        PaymentLoad.Saturated saturated = load.saturate(variant, Duration.ofSeconds(seconds));
        long cpu = parts.stream().mapToLong(part -> TimeUnit.NANOSECONDS.toMicros(part.cpu().toNanos())).sum();
        Latencies paced = load.pace(variant, rate, Duration.ofSeconds(2L * seconds));
        return new Turn(saturated.perSecond(), (double) cpu / Math.max(1, saturated.paid()), paced.p50Millis(),
                paced.p99Millis(), paced.maxMillis(), saturated.failed() + paced.lost(), surroundings.seen());
    }

    /// One turn of one stage.
    record Turn(double perSecond, double cpuMicros, double p50Ms, double p99Ms, double maxMs, long failed,
            Surroundings.Seen surroundings) {}

    /// One stage: medians of its turns; of `maxMs` and `failed` the largest and the sum.
    ///
    /// @param perSecond payments, as many as went through
    /// @param cpuMicros CPU time of Payments, Incentives and PostgreSQL for one of them
    /// @param p50Ms     at the fixed rate, from when a payment was due
    /// @param failed    not paid, or not the way of this stage
    record Side(double perSecond, double cpuMicros, double p50Ms, double p99Ms, double maxMs, long failed,
            List<Turn> turns) {
        static Side of(List<Turn> turns) {
            return new Side(Medians.of(turns, Turn::perSecond), Medians.of(turns, Turn::cpuMicros),
                    Medians.of(turns, Turn::p50Ms), Medians.of(turns, Turn::p99Ms),
                    turns.stream().mapToDouble(Turn::maxMs).max().orElseThrow(),
                    turns.stream().mapToLong(Turn::failed).sum(), turns);
        }
    }

    /// What is written as JSON.
    ///
    /// @param repeated   turns that were dropped and taken again, because something else ran
    /// @param experiment what it counted, and how long it took to ask Incentives (`control`) and the cache (`candidate`)
    /// @param disturbed  whether something else ran in any turn that counts, so that the numbers are not to be trusted
    record Result(Machine machine, Instant at, int connections, int rate, int repeated, Side off, Side shadow,
            Side live, double shadowToOffThroughput, double shadowToOffP99, double liveToOffThroughput,
            double liveToOffP99,
            ExperimentNumbers experiment, Surroundings.Seen surroundings, boolean disturbed, String reason) {
        static Result of(Machine machine, int connections, int rate, int repeated, Map<Variant, List<Turn>> turns,
                ExperimentNumbers experiment) {
            Side off = side(turns, Variant.OFF);
            Side shadow = side(turns, Variant.SHADOW);
            Side live = side(turns, Variant.LIVE);
            var seen = Surroundings.Seen.worst(turns.values().stream().flatMap(List::stream).map(Turn::surroundings)
                    .toList());
            return new Result(machine, Instant.now().truncatedTo(ChronoUnit.SECONDS), connections, rate, repeated, off,
                    shadow, live, shadow.perSecond() / off.perSecond(), shadow.p99Ms() / off.p99Ms(),
                    live.perSecond() / off.perSecond(), live.p99Ms() / off.p99Ms(), experiment, seen,
                    seen.disturbed(), seen.reason());
        }

        private static Side side(Map<Variant, List<Turn>> turns, Variant variant) {
            return Side.of(turns.getOrDefault(variant, List.of()));
        }
    }
}
