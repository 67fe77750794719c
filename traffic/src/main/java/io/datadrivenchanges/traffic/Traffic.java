package io.datadrivenchanges.traffic;

import java.util.concurrent.Callable;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line of the load generator.
@Command(name = "traffic", mixinStandardHelpOptions = true, description = "Pays deliveries and sums up what happened.")
public final class Traffic implements Callable<Integer> {

    @Override
    public Integer call() {
        return CommandLine.ExitCode.OK;
    }

    static void main(String[] args) {
        System.exit(new CommandLine(new Traffic()).execute(args));
    }
}
