package io.datadrivenchanges.traffic;

import java.io.PrintWriter;
import java.net.URI;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The command line of the load: pays deliveries on a running system.
///
/// Exit code 0 = every delivery ended in a payment, 1 = not, 2 = an option is wrong.
@Command(name = "traffic", mixinStandardHelpOptions = true, versionProvider = Version.class, sortOptions = false, description = {
        "Pays deliveries on a running system and sums up what happened."})
public final class Traffic implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec command;

    @Mixin
    private TrafficOptions options = new TrafficOptions();

    @Option(names = "--payments-url", paramLabel = "URL", defaultValue = "${env:PAYMENTS_URL:-http://127.0.0.1:8080}", description = {
            "Address of payments-service. Default: ${DEFAULT-VALUE}."})
    private URI payments = URI.create("");

    @Option(names = "--incentives-url", paramLabel = "URL", defaultValue = "${env:INCENTIVES_URL:-http://127.0.0.1:8081}", description = {
            "Address of incentives-service. Default: ${DEFAULT-VALUE}."})
    private URI incentives = URI.create("");

    @Override
    public Integer call() throws InterruptedException {
        TrafficRun run = options.plan();
        PrintWriter out = command().commandLine().getOut();
        boolean complete = run.run(options.service("--payments-url", payments),
                options.service("--incentives-url", incentives),
                out,
                true);
        return complete ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private CommandSpec command() {
        if (command == null) {
            throw new IllegalStateException("not part of a command line");
        }
        return command;
    }

    /// Makes a command line say what is wrong in one sentence: code 2 for options, 1 for all else.
    ///
    /// @param expected exceptions whose message is such a sentence; others show where they come from
    @SafeVarargs
    public static CommandLine inSentences(CommandLine line, Class<? extends Exception>... expected) {
        return line.setParameterExceptionHandler((e, _) -> sentence(e))
                .setExecutionExceptionHandler((e, at, _) -> {
                    for (Class<? extends Exception> type : expected) {
                        if (type.isInstance(e)) {
                            at.getErr().println(e.getMessage());
                            return CommandLine.ExitCode.SOFTWARE;
                        }
                    }
                    throw e;
                });
    }

    private static int sentence(ParameterException e) {
        CommandLine line = e.getCommandLine();
        line.getErr().println(e.getMessage());
        line.getErr().println("See '" + line.getCommandName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    /// Runs the command line and ends the process with its exit code.
    static void main(String[] args) {
        System.exit(inSentences(new CommandLine(new Traffic()), TrafficException.class).execute(args));
    }
}
