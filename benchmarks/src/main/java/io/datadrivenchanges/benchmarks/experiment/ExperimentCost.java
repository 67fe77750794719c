package io.datadrivenchanges.benchmarks.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/// Runs the JMH benchmarks of this package, in a minute or four. JMH's own options are understood, such as `-rf json -rff out.json`, `-t 8`
/// or a part of a benchmark's name.
@Command(name = "experiment", description = "Measures what an experiment costs its caller; takes the options of JMH.")
public final class ExperimentCost implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Unmatched
    private final List<String> jmh = new ArrayList<>();

    @Override
    public Integer call() throws RunnerException {
        CommandLineOptions given;
        try {
            given = new CommandLineOptions(jmh.toArray(String[]::new));
        } catch (CommandLineOptionException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
        }
        ChainedOptionsBuilder options = new OptionsBuilder().parent(given);
        if (given.getIncludes().isEmpty()) {
            options.include(getClass().getPackageName());
        }
        if (given.getProfilers().isEmpty()) {
            options.addProfiler(GCProfiler.class);
        }
        return new Runner(options.build()).run().isEmpty() ? 1 : 0;
    }
}
