package io.datadrivenchanges.benchmarks;

import io.datadrivenchanges.benchmarks.verdict.VerdictPage;
import io.datadrivenchanges.stack.StackException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line of the benchmarks: `java -jar benchmarks/target/benchmarks.jar pipeline`.
@Command(name = "benchmarks", mixinStandardHelpOptions = true, subcommands = {PipelineLatency.class,
        VerdictPage.class}, description = "Measures this system on this machine.")
final class Benchmarks {
    private Benchmarks() {}

    public static void main(String... args) {
        var commands = new CommandLine(new Benchmarks());
        commands.setExecutionExceptionHandler((failure, command, _) -> {
            if (failure instanceof StackException) {
                command.getErr().println(failure.getMessage());
                return command.getCommandSpec().exitCodeOnExecutionException();
            }
            throw failure;
        });
        System.exit(commands.execute(args));
    }
}
