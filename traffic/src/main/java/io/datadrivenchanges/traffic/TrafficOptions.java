package io.datadrivenchanges.traffic;

import java.net.URI;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What the load shall be: options that several command lines share, as a picocli mixin.
public final class TrafficOptions {
    private static final int MAX_RATE = 100_000;
    private static final int MAX_COURIERS = 10_000_000;
    private static final int MAX_IN_FLIGHT = 1_000;
    /// An hour of the trace per second.
    private static final double DEFAULT_SPEED = 3_600;
    private static final double DEFAULT_RATE = 5;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(names = "--rate", paramLabel = "N", description = {
            "Deliveries per second; with --trace: at most.", "Default: 5, with --trace: no limit."})
    private @Nullable Double rate;

    @Option(names = "--limit", paramLabel = "N", description = {
            "End after N deliveries.", "Default: never, with --trace: all."})
    private @Nullable Long limit;

    @Option(names = "--seed", paramLabel = "N", description = {
            "Seed of the made-up deliveries.", "Default: a new one each time; the summary shows it."})
    private @Nullable Long seed;

    @Option(names = "--couriers", paramLabel = "N", defaultValue = "20", description = {
            "Number of made-up couriers. Default: ${DEFAULT-VALUE}."})
    private int couriers;

    @Option(names = "--trace", paramLabel = "FILE.csv.gz", description = {
            "Replay this delivery trace instead of made-up deliveries."})
    private @Nullable Path trace;

    @Option(names = "--speed", paramLabel = "N", description = {
            "Seconds of the trace per second. Default: 3600.",
            "Where the trace is faster than the system, it goes as fast as --max-in-flight allows."})
    private @Nullable Double speed;

    @Option(names = "--max-in-flight", paramLabel = "N", defaultValue = "32", description = {
            "Deliveries worked on at the same time. Default: ${DEFAULT-VALUE}."})
    private int maxInFlight;

    /// Whether a trace is replayed.
    public boolean hasTrace() {
        return trace != null;
    }

    /// Whether the load comes to an end by itself.
    public boolean ends() {
        return trace != null || limit != null;
    }

    /// Checks the options and reads the trace, before anything is started.
    ///
    /// @throws ParameterException with one sentence for the user
    public TrafficRun plan() {
        check(rate == null || (rate > 0 && rate <= MAX_RATE),
                "--rate must be greater than 0 and at most " + MAX_RATE + ".");
        check(limit == null || limit > 0, "--limit must be at least 1.");
        check(couriers > 0 && couriers <= MAX_COURIERS, "--couriers must be from 1 to " + MAX_COURIERS + ".");
        check(speed == null || (speed > 0 && Double.isFinite(speed)), "--speed must be greater than 0.");
        check(maxInFlight > 0 && maxInFlight <= MAX_IN_FLIGHT,
                "--max-in-flight must be from 1 to " + MAX_IN_FLIGHT + ".");
        check(trace != null || speed == null, "--speed needs --trace.");
        check(trace == null || seed == null, "--seed does not go with --trace.");
        try {
            return new TrafficRun(trace == null ? synthetic() : replay(trace), maxInFlight);
        } catch (TrafficException e) {
            throw new ParameterException(spec().commandLine(), e.getMessage(), e);
        }
    }

    private Plan synthetic() {
        return SyntheticDeliveries.plan(seed == null ? ThreadLocalRandom.current().nextLong() >>> 32 : seed,
                couriers,
                rate == null ? DEFAULT_RATE : rate,
                limit == null ? OptionalLong.empty() : OptionalLong.of(limit));
    }

    private Plan replay(Path file) {
        return Trace.read(file,
                limit == null ? Long.MAX_VALUE : limit,
                speed == null ? DEFAULT_SPEED : speed,
                rate == null ? Double.POSITIVE_INFINITY : rate);
    }

    /// Checks the address of a service and returns it.
    ///
    /// @throws ParameterException with one sentence for the user
    URI service(String option, URI uri) {
        check("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()), option + " must be an http address.");
        check(uri.getHost() != null, option + " must have a host.");
        return uri;
    }

    private void check(boolean holds, String sentence) {
        if (!holds) {
            throw new ParameterException(spec().commandLine(), sentence);
        }
    }

    private CommandSpec spec() {
        if (command == null) {
            throw new IllegalStateException("not part of a command line");
        }
        return command;
    }
}
