package io.datadrivenchanges.stack;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/// A main class of this JVM's class path as a JVM of its own, with the settings that the services have. It ends with this JVM.
/// Methods are to be called by one thread at a time.
public final class JavaProgram implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");

    private final Child child;

    private JavaProgram(Child child) {
        this.child = child;
    }

    /// Starts it and does not wait for anything.
    ///
    /// @param heap its maximum heap, as the JVM wants it
    /// @param folder where it works and keeps its log, named after the class
    public static JavaProgram start(Class<?> main, String heap, CompilerTiers tiers, List<String> arguments,
            Path folder) {
        List<String> command = new ArrayList<>(List.of(FastStart.java()));
        command.addAll(heap(heap));
        command.addAll(FLAGS);
        command.add(tiers.flag());
        command.addAll(List.of("-XX:+UseCompactObjectHeaders",
                "-Dlogback.configurationFile=io/datadrivenchanges/stack/logback-demo.xml", "-cp", classPath(),
                main.getName()));
        command.addAll(arguments);
        return new JavaProgram(Child.start(main.getSimpleName(), command, folder,
                folder.resolve(main.getSimpleName() + ".log")));
    }

    /// Half of the heap is for what is young, and all of it is there from the start: a collection holds up the change that is on its
    /// way, and with a young part that grows with need there are several a second.
    static List<String> heap(String size) {
        return List.of("-Xms" + size, "-Xmx" + size, "-XX:NewRatio=1");
    }

    /// The class path of this JVM, absolute, because a program may run in a folder of its own.
    static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /// The process, whether it has ended or not.
    public ProcessHandle process() {
        return child.process();
    }

    /// Everything it has written so far.
    public String output() {
        return child.output();
    }

    /// Asks it to end, and ends it by force after 10 s.
    @Override
    public void close() {
        child.stop("TERM", STOP_LIMIT);
    }
}
