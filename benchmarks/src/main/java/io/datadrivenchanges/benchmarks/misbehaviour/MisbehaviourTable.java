package io.datadrivenchanges.benchmarks.misbehaviour;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints what callers get when parts of an experiment misbehave, as the table of `experiment-lib/README.md`. Takes a minute, as it waits
/// for callers that are held.
@Command(name = "misbehaviour", description = "Shows what callers get when a candidate, comparator or publisher misbehaves, here and in other libraries.")
public final class MisbehaviourTable implements Callable<Integer> {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        lines().forEach(spec.commandLine().getOut()::println);
        return 0;
    }

    /// The lines of the table, in Markdown.
    static List<String> lines() throws InterruptedException {
        List<String> lines = new ArrayList<>();
        lines.add(line("", Arrays.asList(Contender.values())));
        lines.add("|---".repeat(Contender.values().length + 1) + "|");
        for (Misbehaviour misbehaviour : Misbehaviour.values()) {
            List<Conduct> row = new ArrayList<>();
            for (Contender contender : Contender.values()) {
                row.add(Conduct.of(contender, misbehaviour));
            }
            lines.add(line(misbehaviour.toString(), row));
        }
        return lines;
    }

    private static String line(String first, List<?> cells) {
        return "| " + first + " | " + cells.stream().map(Object::toString).collect(Collectors.joining(" | ")) + " |";
    }
}
