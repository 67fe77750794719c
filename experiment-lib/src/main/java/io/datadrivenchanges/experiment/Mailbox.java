package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// A bounded queue with one daemon thread that hands out what is in it. Putting never waits: what does not fit is dropped and
/// counted. Thread-safe.
final class Mailbox<T> implements AutoCloseable {

    /// Room for a burst: a second of findings at a thousand runs per second.
    private static final int CAPACITY = 1024;
    private static final Duration CLOSING = Duration.ofSeconds(1);
    private static final long LOOK_NANOS = 500_000;

    private final BlockingQueue<T> waiting = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong pending = new AtomicLong();
    private final LongAdder dropped = new LongAdder();
    private final Consumer<T> reader;
    private final Thread thread;
    private volatile boolean closed;

    /// @param reader gets every letter, on the mailbox's thread; one that it throws at counts as dropped
    Mailbox(String name, Consumer<T> reader) {
        this.reader = reader;
        thread = Thread.ofPlatform().daemon().name(name).start(this::handOut);
    }

    /// Puts a letter in.
    ///
    /// @return `false` if it was dropped
    boolean put(T letter) {
        pending.incrementAndGet();
        if (!closed && waiting.offer(letter)) {
            return true;
        }
        pending.decrementAndGet();
        dropped.increment();
        return false;
    }

    boolean idle() {
        return pending.get() == 0;
    }

    long dropped() {
        return dropped.sum();
    }

    /// Gives what is waiting a second to be handed out, then ends the thread. To be called once.
    @Override
    public void close() {
        long end = System.nanoTime() + CLOSING.toNanos();
        while (!idle() && System.nanoTime() - end < 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        closed = true;
        thread.interrupt();
    }

    private void handOut() {
        while (!closed) {
            try {
                T letter = waiting.take();
                try {
                    reader.accept(letter);
                } finally {
                    pending.decrementAndGet();
                }
            } catch (InterruptedException interrupted) {
                // Only close() ends this thread; the loop's condition sees it.
            } catch (RuntimeException | Error lost) {
                dropped.increment(); // nobody is left to tell: the reader could not even report it
            }
        }
    }
}
