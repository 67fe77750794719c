package io.datadrivenchanges.benchmarks;

import io.datadrivenchanges.benchmarks.experiment.ExperimentCost;
import io.datadrivenchanges.benchmarks.misbehaviour.Disturbance;
import io.datadrivenchanges.benchmarks.misbehaviour.MisbehaviourTable;
import io.datadrivenchanges.benchmarks.payments.PaymentsBenchmark;
import io.datadrivenchanges.benchmarks.pipeline.PipelineCapacity;
import io.datadrivenchanges.benchmarks.pipeline.PipelineLatency;
import io.datadrivenchanges.benchmarks.rebuild.RebuildBenchmark;
import io.datadrivenchanges.benchmarks.startup.StartupBenchmark;
import io.datadrivenchanges.benchmarks.verdict.VerdictPage;
import io.datadrivenchanges.stack.StackException;
import io.datadrivenchanges.traffic.Traffic;
import io.datadrivenchanges.traffic.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line of the benchmarks: `java -jar benchmarks/target/benchmarks.jar pipeline`.
///
/// Exit code 0 = measured and nothing lost, 1 = not, 2 = an option is wrong.
@Command(name = "benchmarks", mixinStandardHelpOptions = true, versionProvider = Version.class, subcommands = {
        PipelineLatency.class,
        PipelineCapacity.class, PaymentsBenchmark.class, ExperimentCost.class, VerdictPage.class,
        RebuildBenchmark.class, StartupBenchmark.class,
        MisbehaviourTable.class, Disturbance.class}, description = "Measures this system on this machine.")
final class Benchmarks {
    /// The benchmarks' own JVM and those it starts log what the demo's do: warnings, to standard error.
    private static final String LOGGING = "io/datadrivenchanges/stack/logback-demo.xml";

    private Benchmarks() {}

    public static void main(String... args) {
        System.setProperty("logback.configurationFile", LOGGING);
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return Traffic.inSentences(new CommandLine(new Benchmarks()), StackException.class);
    }
}
