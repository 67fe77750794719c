package io.datadrivenchanges.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// A process this JVM has started, with its output appended to a file.
///
/// It dies with this JVM: by a shutdown hook when the JVM ends or is told to, by [Leftovers] at the next start when the JVM
/// was killed outright. Thread-safe.
final class Child {
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    private static final long POLL_NANOS = Duration.ofMillis(25).toNanos();
    private static final int TAIL_LINES = 15;

    private final String name;
    private final Process process;
    private final Path log;
    private final long logStart;
    private final Thread hook;

    private Child(String name, Process process, Path log, long logStart, Runnable before) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.logStart = logStart;
        this.hook = new Thread(() -> {
            before.run();
            killTree(process.toHandle());
        }, "end-" + name);
    }

    /// Starts a process.
    ///
    /// @param name for messages
    /// @param folder working directory
    /// @param log file its output is appended to
    static Child start(String name, List<String> command, Path folder, Path log) {
        return start(name, command, folder, log, () -> {});
    }

    /// Starts a process that has something to do before it is killed when this JVM ends.
    static Child start(String name, List<String> command, Path folder, Path log, Runnable beforeEnd) {
        Leftovers.ofThisJvm().sweep();
        try {
            long logStart = Files.exists(log) ? Files.size(log) : 0;
            Process process = new ProcessBuilder(command).directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            var child = new Child(name, process, log, logStart, beforeEnd);
            child.bind();
            return child;
        } catch (IOException e) {
            throw new StackException("The program " + command.getFirst() + " for " + name + " cannot be started: "
                    + e.getMessage(), e);
        }
    }

    private void bind() {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            killTree(process.toHandle());
            throw new StackException(name + " is not started: this process is ending.", e);
        }
        Leftovers.ofThisJvm().add(process.toHandle());
    }

    boolean alive() {
        return process.isAlive();
    }

    ProcessHandle process() {
        return process.toHandle();
    }

    /// Waits for a process that does its work and ends.
    void awaitSuccess(Duration limit) {
        awaitEnd(limit);
        boolean ended = !process.isAlive();
        kill();
        if (!ended || process.exitValue() != 0) {
            throw new StackException(name + (ended ? " failed" : " did not end within " + limit.toSeconds() + " s")
                    + ". Its last lines:\n" + tail());
        }
    }

    /// What the process has written since it was started.
    String output() {
        try (var channel = Files.newByteChannel(log)) {
            channel.position(logStart);
            var bytes = Channels.newInputStream(channel).readAllBytes();
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until a condition holds, and fails as soon as the process is gone.
    void await(String what, BooleanSupplier condition, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive()) {
                forget();
                throw new StackException(name + " ended with code " + process.exitValue() + " before it was " + what
                        + ". Its last lines:\n" + tail());
            }
            if (System.nanoTime() - end > 0) {
                kill();
                throw new StackException(
                        name + " was not " + what + " within " + limit.toSeconds() + " s. Its last lines:\n" + tail());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /// Sends a signal by its name, such as `INT`.
    void signal(String signal) {
        signal(signal, Stream.of(process.toHandle()));
    }

    /// Stops the process and all its descendants where they are, without their noticing.
    void freeze() {
        signal("STOP", tree(process.toHandle()));
    }

    /// Lets them go on.
    void thaw() {
        signal("CONT", tree(process.toHandle()));
    }

    private static Stream<ProcessHandle> tree(ProcessHandle root) {
        return Stream.concat(Stream.of(root), root.descendants());
    }

    private static void signal(String signal, Stream<ProcessHandle> processes) {
        List<String> command = Stream.concat(Stream.of("kill", "-" + signal),
                processes.map(process -> Long.toString(process.pid()))).toList();
        try {
            new ProcessBuilder(command).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends the process as it likes to be ended, and by force if it has not ended within the limit.
    void stop(String signal, Duration limit) {
        if (process.isAlive()) {
            signal(signal);
            awaitEnd(limit);
        }
        kill();
    }

    /// Ends the process and all its descendants at once, without a chance to clean up.
    void kill() {
        killTree(process.toHandle());
        awaitEnd(KILL_LIMIT);
        forget();
    }

    static void killTree(ProcessHandle root) {
        List<ProcessHandle> all = tree(root).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        long end = System.nanoTime() + KILL_LIMIT.toNanos();
        while (all.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private void awaitEnd(Duration limit) {
        try {
            process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void forget() {
        Leftovers.ofThisJvm().remove(process.toHandle());
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The JVM is ending: the hook runs, and finds the process gone.
        }
    }

    private String tail() {
        List<String> lines = output().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }
}
