package io.datadrivenchanges.stack;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

import io.datadrivenchanges.traffic.Traffic;
import io.datadrivenchanges.traffic.TrafficException;
import io.datadrivenchanges.traffic.TrafficOptions;
import io.datadrivenchanges.traffic.TrafficRun;
import io.datadrivenchanges.traffic.Version;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line behind `./demo`: the whole system on this machine, with traffic, until Ctrl-C or the end of a trace.
///
/// Exit code 0 = every delivery ended in a payment, 1 = not, or something was missing, 2 = an option is wrong.
@Command(name = "demo", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false, description = {
        "Runs the whole system on this machine, without Docker, and pays deliveries on it.",
        "Ctrl-C ends it and removes everything it has made."})
public final class Demo implements Callable<Integer> {
    private static final int MAX_PORT = 65_535;

    @Spec
    private @Nullable CommandSpec command;

    @Mixin
    private TrafficOptions traffic = new TrafficOptions();

    @Option(names = "--no-traffic", description = "Make no payments.")
    private boolean noTraffic;

    @Option(names = "--payments-port", paramLabel = "PORT", defaultValue = "${env:PAYMENTS_PORT:-8080}", description = {
            "Port of payments-service. Default: PAYMENTS_PORT, else 8080."})
    private int paymentsPort;

    @Option(names = "--incentives-port", paramLabel = "PORT", defaultValue = "${env:INCENTIVES_PORT:-8081}", description = {
            "Port of incentives-service. Default: INCENTIVES_PORT, else 8081."})
    private int incentivesPort;

    @Option(names = "--publisher-port", paramLabel = "PORT", defaultValue = "${env:PUBLISHER_PORT:-8082}", description = {
            "Port of performance-cdc-publisher. Default: PUBLISHER_PORT, else 8082."})
    private int publisherPort;

    @Option(names = "--postgres-port", paramLabel = "PORT", defaultValue = "${env:POSTGRES_PORT:-15432}", description = {
            "Port of PostgreSQL. Default: POSTGRES_PORT, else 15432."})
    private int postgresPort;

    @Option(names = "--kafka-port", paramLabel = "PORT", defaultValue = "${env:KAFKA_PORT:-19092}", description = {
            "Port of Kafka. Default: KAFKA_PORT, else 19092."})
    private int kafkaPort;

    @Option(names = "--repository", hidden = true, description = "Root of the built project.")
    private Path repository = Path.of("");

    @Override
    public Integer call() throws InterruptedException {
        Map<Part, Integer> ports = ports();
        check(!noTraffic || !traffic.ends(), "--no-traffic does not go with --trace or --limit.");
        TrafficRun run = traffic.plan();
        LocalStack.endLeftovers();
        Preflight.check(ports);
        var out = new Console(command().commandLine().getOut());
        LocalStack.prepare(repository, out::say);
        LocalStack.Builder builder = LocalStack.of(repository)
                .says(out::say)
                .set(Part.PAYMENTS, "experiment.stage", "SHADOW")
                .set(Part.PAYMENTS, "experiment.period", "5s")
                .set(Part.PUBLISHER, "performance.publisher.audit-interval", "1m");
        ports.forEach(builder::port);
        try (LocalStack stack = builder.start()) {
            stack.awaitCache();
            out.say(banner(stack));
            return run(stack, run, out);
        }
    }

    private int run(LocalStack stack, TrafficRun run, Console out) throws InterruptedException {
        if (traffic.ends()) {
            try (var _ = new LogFollower(stack.logFile(Part.PAYMENTS), run.showsBar() ? out::sayAboveBar : out::say)) {
                return pay(stack, run, out.writer(), true) ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
            }
        }
        try (var _ = new LogFollower(stack.logFile(Part.PAYMENTS), out::say)) {
            if (!noTraffic) {
                pay(stack, run, out.writer(), false);
            }
            new CountDownLatch(1).await();
            return CommandLine.ExitCode.OK;
        }
    }

    private static boolean pay(LocalStack stack, TrafficRun run, PrintWriter out, boolean showProgress)
            throws InterruptedException {
        return run.run(stack.payments(), stack.incentives(), out, showProgress);
    }

    private static String banner(LocalStack stack) {
        return """

                payments     %1$s   numbers: %1$s/experiments/courier-performance
                incentives   %2$s   health:  %2$s/actuator/health
                publisher    %3$s   health:  %3$s/actuator/health
                PostgreSQL   %4$s   user postgres, no password
                Kafka        %5$s   topic courier-performance

                Try:
                  curl -X PUT %2$s/incentives/performance/4711 -H 'Content-Type: application/json' -d '{"performance":"HIGH"}'
                  curl %1$s/payments -H 'Content-Type: application/json' -d '{"deliveryId":"d-1","courierId":4711,"amount":100.00}'

                Ctrl-C ends everything.
                """
                .formatted(stack.payments(),
                        stack.incentives(),
                        stack.publisher(),
                        stack.postgres().jdbcUrl("payments"),
                        stack.kafka());
    }

    private Map<Part, Integer> ports() {
        Map<Part, Integer> ports = new EnumMap<>(Part.class);
        ports.put(Part.PAYMENTS, paymentsPort);
        ports.put(Part.INCENTIVES, incentivesPort);
        ports.put(Part.PUBLISHER, publisherPort);
        ports.put(Part.POSTGRES, postgresPort);
        ports.put(Part.KAFKA, kafkaPort);
        ports.forEach((part, port) -> check(port > 0 && port <= MAX_PORT,
                part.portVariable() + " must be a port from 1 to " + MAX_PORT + "."));
        return ports;
    }

    private void check(boolean holds, String sentence) {
        if (!holds) {
            throw new ParameterException(command().commandLine(), sentence);
        }
    }

    private CommandSpec command() {
        if (command == null) {
            throw new IllegalStateException("not part of a command line");
        }
        return command;
    }

    /// Runs the command line and ends the process with its exit code.
    static void main(String[] args) {
        System.exit(Traffic.inSentences(new CommandLine(new Demo()), StackException.class, TrafficException.class)
                .execute(args));
    }
}
