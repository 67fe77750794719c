package io.datadrivenchanges.cache;

import java.nio.file.Path;

import io.datadrivenchanges.stack.Folders;
import io.datadrivenchanges.stack.KafkaBroker;

/// The broker that a test class has for itself, so that what one does to it disturbs nobody else. It ends with this JVM. Its folder
/// is the build's, so that its log can be read afterwards.
final class RunningBroker {
    private static final ClassValue<RunningBroker> BROKERS = new ClassValue<>() {
        @Override
        protected RunningBroker computeValue(Class<?> test) {
            return new RunningBroker(Path.of("target",
                    "kafka-" + ProcessHandle.current().pid() + "-" + test.getSimpleName()).toAbsolutePath());
        }
    };

    private final Path folder;
    private final KafkaBroker server;

    private RunningBroker(Path folder) {
        this.folder = folder;
        server = KafkaBroker.start(folder, 0);
    }

    static RunningBroker of(Class<?> test) {
        return BROKERS.get(test);
    }

    String address() {
        return server.bootstrapServers();
    }

    void kill() {
        server.kill();
    }

    void restart() {
        server.restart();
    }

    /// Stops it, takes all its data away, and starts it again at the same address.
    void wipe() {
        server.kill();
        Folders.delete(folder.resolve("data"));
        server.restart();
    }
}
