package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// A bounded queue with one daemon thread that hands out what is in it. Putting never waits, takes no lock and wakes nobody: what does not
/// fit is dropped and counted. Thread-safe.
final class Mailbox<T> implements AutoCloseable {

    /// Room for a burst: a second of findings at a thousand runs per second.
    private static final int CAPACITY = 1024;
    private static final Duration CLOSING = Duration.ofSeconds(1);
    private static final long LOOK_NANOS = 500_000;
    private static final long IDLE_NANOS = 10_000_000;

    private final Queue<T> waiting = new ConcurrentLinkedQueue<>();
    /// What is waiting or being read.
    private final AtomicInteger pending = new AtomicInteger();
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
        if (pending.incrementAndGet() <= CAPACITY && !closed) {
            waiting.add(letter);
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
        Pause pause = new Pause(IDLE_NANOS);
        while (!closed) {
            T letter = waiting.poll();
            if (letter == null) {
                pause.rest();
            } else {
                pause.worked();
                read(letter);
            }
            Thread.interrupted(); // a reader's; close() is told by the loop's condition
        }
    }

    private void read(T letter) {
        try {
            reader.accept(letter);
        } catch (RuntimeException | Error lost) {
            dropped.increment(); // nobody is left to tell: the reader could not even report it
        } finally {
            pending.decrementAndGet();
        }
    }
}
