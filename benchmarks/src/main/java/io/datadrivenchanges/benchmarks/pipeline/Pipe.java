package io.datadrivenchanges.benchmarks.pipeline;

import java.time.Duration;

/// A way to carry committed changes to a reader in this process: a publisher in a process of its own, Kafka, and the reader.
/// It runs from its making until it is closed. Methods are to be called by one thread.
interface Pipe extends AutoCloseable {

    /// The process between database and Kafka.
    ProcessHandle publisher();

    /// Tells a listener of each change from now on, until another one is told.
    void tell(Listener listener);

    /// Waits until a reader sees this version of the courier or a higher one.
    ///
    /// @return whether it does
    boolean awaitVersion(Couriers.Version version, Duration limit) throws InterruptedException;

    @Override
    void close();

    /// Hears of each change at the moment a reader can see it. Called on the thread that reads the topic.
    @FunctionalInterface
    interface Listener {
        /// A change has become visible.
        ///
        /// @param nanoTime [System#nanoTime] right after it became visible
        void visible(long courierId, long version, long nanoTime);
    }
}
