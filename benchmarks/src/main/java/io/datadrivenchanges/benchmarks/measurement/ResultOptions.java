package io.datadrivenchanges.benchmarks.measurement;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import tools.jackson.databind.json.JsonMapper;

/// What every benchmark's command line takes: where the project is and where the result goes.
public final class ResultOptions {
    @Spec(Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(names = "--json", paramLabel = "FILE", description = "File for the result, which is printed, too.")
    private @Nullable Path json;

    @Option(names = "--repository", paramLabel = "FOLDER", defaultValue = ".", description = {
            "Root of the built project. Default: here."})
    private Path repository = Path.of("");

    /// Root of the built project.
    public Path repository() {
        return repository;
    }

    /// Ends the command with a sentence if an option is out of range.
    ///
    /// @throws ParameterException if it does not hold
    public void check(boolean holds, String sentence) {
        if (!holds) {
            throw new ParameterException(command().commandLine(), sentence);
        }
    }

    /// Ends the command with a sentence if the result could not be written in the end, before minutes are spent on it.
    ///
    /// @throws ParameterException if the folder of a file is missing
    public void checkWritable(String option, @Nullable Path file) {
        if (file != null) {
            Path folder = file.toAbsolutePath().getParent();
            check(folder != null && Files.isDirectory(folder) && !Files.isDirectory(file),
                    option + " has to name a file in a folder that exists, and " + file + " does not.");
        }
    }

    /// The same for `--json`.
    public void checkWritable() {
        checkWritable("--json", json);
    }

    /// Says a line on how the measurement goes, beside the result.
    public void say(String line) {
        PrintWriter err = command().commandLine().getErr();
        err.println(line);
        err.flush();
    }

    /// Prints a result as JSON and writes it where it was asked for.
    public void write(Object result) {
        String text = new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(result);
        PrintWriter out = command().commandLine().getOut();
        out.println(text);
        out.flush();
        if (json != null) {
            try {
                Files.writeString(json, text + "\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private CommandSpec command() {
        if (command == null) {
            throw new IllegalStateException("not part of a command line");
        }
        return command;
    }
}
