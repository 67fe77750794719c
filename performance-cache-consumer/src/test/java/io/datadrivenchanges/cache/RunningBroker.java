package io.datadrivenchanges.cache;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import io.datadrivenchanges.stack.KafkaBroker;

/// The one broker of this JVM, which ends with it. Its folder is the build's, so that its log can be read afterwards.
final class RunningBroker {
    private static final Path FOLDER = Path.of("target", "kafka-" + ProcessHandle.current().pid()).toAbsolutePath();
    static final KafkaBroker BROKER = KafkaBroker.start(FOLDER, 0);

    private RunningBroker() {}

    /// Stops it, takes all its data away, and starts it again at the same address.
    static void wipe() {
        BROKER.kill();
        try (Stream<Path> files = Files.walk(FOLDER.resolve("data"))) {
            List<Path> innermostFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : innermostFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        BROKER.restart();
    }
}
