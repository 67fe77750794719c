package io.datadrivenchanges.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What makes a service start in about half the time: its executable jar taken apart, and an ahead-of-time cache of the classes
/// that a start needs, recorded in a start of its own that ends before it touches a database or a broker.
///
/// It is kept beside the jar and belongs to that very jar; without it, or if it does not fit, the service starts from the jar.
final class FastStart {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /// The cache is used only by a JVM with the same object layout, so training and use share these.
    private static final List<String> LAYOUT_FLAGS = List.of("-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders");

    /// Keeps any of the services away from database and broker while its start is recorded; each ignores what is not for it.
    private static final List<String> TRAINING = List
            .of("--spring.flyway.enabled=false", "--performance.cache.enabled=false", "--server.port=0");

    private final String name;
    private final Path jar;
    private final Path folder;

    FastStart(String name, Path jar) {
        this.name = name;
        this.jar = jar;
        this.folder = jar.resolveSibling("fast-start");
    }

    /// The part of a java command line that says what to run, and how to start it fast where that is prepared.
    List<String> command() {
        List<String> command = new ArrayList<>(LAYOUT_FLAGS);
        if (prepared()) {
            command.add("-XX:AOTCache=" + cache());
            // A cache made by another JVM is no reason for a warning: the start is slower, that is all.
            command.add("-Xlog:aot*=off");
            command.addAll(List.of("-jar", application().toString()));
        } else {
            command.addAll(List.of("-jar", jar.toString()));
        }
        return command;
    }

    boolean prepared() {
        try {
            return Files.exists(stamp()) && Files.readString(stamp()).equals(identity());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Prepares it anew.
    ///
    /// @throws StackException if the service does not start
    void prepare() {
        Folders.delete(folder);
        Folders.create(folder);
        run(List.of("-Djarmode=tools", "-jar", jar.toString(), "extract", "--destination", folder.toString(),
                "--application-filename", application().getFileName().toString()));
        List<String> recording = new ArrayList<>(LAYOUT_FLAGS);
        recording.addAll(List.of(CompilerTiers.FIRST.flag(), "-XX:AOTCacheOutput=" + cache(), "-Xlog:aot*=error",
                "-Dspring.context.exit=onRefresh", "-jar", application().toString()));
        recording.addAll(TRAINING);
        run(recording);
        try {
            Files.writeString(stamp(), identity());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(arguments);
        Child.start("Preparing " + name, command, folder, folder.resolveSibling("fast-start.log")).awaitSuccess(LIMIT);
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private Path application() {
        return folder.resolve("application.jar");
    }

    private Path cache() {
        return folder.resolve("application.aot");
    }

    private Path stamp() {
        return folder.resolve("made-for");
    }

    private String identity() throws IOException {
        return Files.size(jar) + " " + Files.getLastModifiedTime(jar).toMillis() + " "
                + System.getProperty("java.vm.version");
    }
}
