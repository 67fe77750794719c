package io.datadrivenchanges.benchmarks.misbehaviour;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

import io.datadrivenchanges.benchmarks.measurement.Machine;
import io.datadrivenchanges.benchmarks.measurement.ResultOptions;
import io.datadrivenchanges.benchmarks.measurement.Surroundings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// How much later callers get their answers because of an experiment that misbehaves in one call of fifty, with a sink that is blocked all the
/// time: what the slowest of a thousand calls takes through the experiment, less what it takes without. Takes a minute.
///
/// The same is done with the control in the place of the experiment, too: what that shows is noise.
@Command(name = "disturbance", sortOptions = false, description = {
        "Measures how much later callers get their answers while parts of an experiment misbehave."})
public final class Disturbance implements Callable<Integer> {

    private static final int MIN_PAIRS = 10;
    private static final int MAX_PAIRS = 10_000;
    private static final int CALLS = 10_000;
    /// Pairs that do not count, for the compiler.
    private static final int WARM_UP = 20;
    private static final double MEDIAN = 50;
    private static final double SLOWEST_OF_THOUSAND = 99.9;

    @Mixin
    private ResultOptions options = new ResultOptions();

    @Option(names = "--pairs", defaultValue = "200", description = {
            "Pairs of 10,000 calls without and 10,000 with each experiment. Default: ${DEFAULT-VALUE}."})
    private int pairs;

    @Override
    public Integer call() {
        options.check(pairs >= MIN_PAIRS && pairs <= MAX_PAIRS,
                "--pairs has to be " + MIN_PAIRS + " to " + MAX_PAIRS + ".");
        options.checkWritable();

        var machine = Machine.here();
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        try (var chaos = new Chaos()) {
            take(WARM_UP, chaos, random);
            var surroundings = Surroundings.watch();
            Map<Way, Pairs> taken = take(pairs, chaos, random);
            var seen = surroundings.seen();
            var result = new Result(machine, Instant.now().truncatedTo(ChronoUnit.SECONDS), seed, pairs, CALLS,
                    side(taken, Way.CONTROL, random), side(taken, Way.INLINE, random),
                    side(taken, Way.DETACHED, random), seen, seen.disturbed(), seen.reason());
            options.write(result);
        }
        return 0;
    }

    private Map<Way, Pairs> take(int number, Chaos chaos, SplittableRandom random) {
        Map<Way, Pairs> taken = new EnumMap<>(Way.class);
        for (int i = 0; i < number; i++) {
            for (Way way : Way.values()) {
                Pairs.Block alone = Pairs.block();
                Pairs.Block through = Pairs.block();
                if (random.nextBoolean()) {
                    call(chaos, Way.CONTROL, alone);
                    call(chaos, way, through);
                } else {
                    call(chaos, way, through);
                    call(chaos, Way.CONTROL, alone);
                }
                taken.computeIfAbsent(way, _ -> new Pairs()).add(alone, through);
            }
        }
        return taken;
    }

    private static void call(Chaos chaos, Way way, Pairs.Block block) {
        for (int input = 0; input < CALLS; input++) {
            long start = System.nanoTime();
            int answer = way.call(chaos, input);
            block.add(System.nanoTime() - start);
            if (answer != input) {
                throw new IllegalStateException("the caller got " + answer + " instead of " + input);
            }
        }
    }

    private Side side(Map<Way, Pairs> taken, Way way, SplittableRandom random) {
        Pairs all = taken.getOrDefault(way, new Pairs());
        var side = new Side(all.aloneMicros(MEDIAN), all.throughMicros(MEDIAN), all.aloneMicros(SLOWEST_OF_THOUSAND),
                all.throughMicros(SLOWEST_OF_THOUSAND), all.shift(SLOWEST_OF_THOUSAND, random));
        options.say(
                String.format(Locale.ROOT, "%s: p99.9 %.1f µs alone, %.1f µs through it, shift %.1f µs (%.1f to %.1f)",
                        way, side.aloneP999Micros(), side.throughP999Micros(), side.shiftP999().micros(),
                        side.shiftP999().low(), side.shiftP999().high()));
        return side;
    }

    /// How a call is made.
    private enum Way {
        CONTROL("the control again") {
            @Override
            int call(Chaos chaos, int input) {
                return chaos.control(input);
            }
        },
        INLINE("inline") {
            @Override
            int call(Chaos chaos, int input) {
                return chaos.inline().call(input);
            }
        },
        DETACHED("detached") {
            @Override
            int call(Chaos chaos, int input) {
                return chaos.detached().call(input);
            }
        };

        private final String said;

        Way(String said) {
            this.said = said;
        }

        abstract int call(Chaos chaos, int input);

        @Override
        public String toString() {
            return said;
        }
    }

    /// One way, in microseconds.
    ///
    /// @param shiftP999 from the control alone, with the interval that holds it with a probability of 95 %
    record Side(double aloneP50Micros, double throughP50Micros, double aloneP999Micros, double throughP999Micros,
            Pairs.Shift shiftP999) {}

    /// What is written as JSON.
    ///
    /// @param control the control in the place of an experiment: noise
    record Result(Machine machine, Instant at, long seed, int pairs, int callsPerBlock, Side control, Side inline,
            Side detached, Surroundings.Seen surroundings, boolean disturbed, String reason) {}
}
