package io.datadrivenchanges.stack;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/// A server on a port and a folder of its own, as a child process that can be ended in every way and started again on what
/// it left. Methods are to be called by one thread at a time.
abstract sealed class Server implements AutoCloseable permits KafkaBroker, PostgresServer {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    private final String stopSignal;
    private volatile @Nullable Child process;

    /// @param stopSignal what ends it cleanly, such as `TERM`
    Server(String stopSignal) {
        this.stopSignal = stopSignal;
    }

    /// Starts the process, hands it to [#own], and waits until it serves.
    abstract void launch();

    final void own(Child child) {
        process = child;
    }

    final boolean running() {
        return process != null && process.alive();
    }

    /// Kills all its processes at once, as a power failure would.
    public final void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /// Stops it cleanly; open connections are cut.
    public final void stop() {
        stop(stopSignal, STOP_LIMIT);
    }

    /// Starts it again on the same data and port; stops it first if it is running.
    public final void restart() {
        stop();
        launch();
    }

    /// The same as [#stop].
    @Override
    public final void close() {
        stop();
    }

    final void stop(String signal, Duration limit) {
        Child running = process;
        if (running != null) {
            running.stop(signal, limit);
            process = null;
        }
    }
}
