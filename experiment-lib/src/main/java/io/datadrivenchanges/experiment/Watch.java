package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/// Watches over one candidate that is read on callers' threads, so that none holds a caller for long. Thread-safe; a read costs two
/// compare-and-sets.
///
/// A reader takes a *slot* by writing its thread into it, and gives it back by taking it out. Each stay has a number, so that a thread that
/// comes and goes is told from one that stays. A ticker looks every 10 ms; a stay seen at five ticks is stuck and interrupted.
/// A tick that is late says that the machine stands still rather than the candidate, and does not count; but fifty ticks of any kind do, or
/// a busy machine would leave its callers unprotected.
///
/// Slot: `null → thread` by the reader, `thread → null` by the reader; or `thread → INTERRUPTING → INTERRUPTED` by the ticker, `→ null` by the
/// reader. A reader that finds itself interrupted waits while `INTERRUPTING`, so that the interrupt never hits what it does next, and clears its
/// flag. After three interrupted stays, or one that goes on for five more ticks, the watch *gives up*, once: nobody is let in any more, and
/// the ticker goes on for those who are inside. A reader writes its slot before it reads whether the watch has given up, the ticker the
/// other way round, so that one of them notices the other.
final class Watch {

    /// How long a candidate may stay before it is interrupted.
    static final Duration LIMIT = Duration.ofMillis(50);

    private static final Duration TICK = Duration.ofMillis(10);
    private static final long PUNCTUAL_NANOS = 2 * TICK.toNanos();
    private static final int TICKS = (int) LIMIT.dividedBy(TICK);
    private static final int ANY_TICKS = 10 * TICKS;
    private static final int MAX_STUCK = 3;
    private static final int SLOTS = 64;
    /// Looks for a free slot; more are only needed once that many readers are stuck.
    private static final int PROBES = 8;
    /// Elements between two slots, so that none shares a cache line with another: 64 bytes of references of four.
    private static final int REFERENCES = 16;
    private static final int LONGS = 8;
    private static final int NONE = -1;

    private static final Object INTERRUPTING = new Object();
    private static final Object INTERRUPTED = new Object();

    private final Time time;
    private final Consumer<String> onGivingUp;
    private final AtomicReferenceArray<@Nullable Object> inside = new AtomicReferenceArray<>(SLOTS * REFERENCES);
    private final AtomicLongArray stays = new AtomicLongArray(SLOTS * LONGS);

    // What the ticker saw last; confined to it.
    private final Object[] seenInside = new Object[SLOTS];
    private final long[] seenStay = new long[SLOTS];
    private final int[] punctualTicks = new int[SLOTS];
    private final int[] anyTicks = new int[SLOTS];
    private int stuck;

    private volatile long lastTick;
    private volatile boolean givenUp;
    private volatile boolean stopped;

    /// Starts the ticker.
    ///
    /// @param onGivingUp gets the reason, on the timer's thread; short
    Watch(Time time, Consumer<String> onGivingUp) {
        this.time = time;
        this.onGivingUp = onGivingUp;
        lastTick = time.nanos();
        time.schedule(TICK, this::tick);
    }

    /// Reads a candidate on the caller's thread.
    ///
    /// @return what came of it: `TimedOut` if it was interrupted, `NotRun` if too many are stuck for one more to be watched, or the watch has
    ///         given up
    <I extends @Nullable Object, D extends @Nullable Object> Outcome<D> read(Candidate<I, ?, D> candidate, I input) {
        Thread caller = Thread.currentThread();
        boolean interrupted = caller.isInterrupted();
        int slot = enter(caller);
        if (slot == NONE) {
            return new Outcome.NotRun<>(Reason.SHED);
        }
        Outcome<D> outcome = givenUp ? new Outcome.NotRun<>(Reason.SHED) : candidate.read(input);
        if (!leave(slot, caller)) {
            outcome = new Outcome.TimedOut<>(LIMIT);
        } else if (outcome instanceof Outcome.Threw<D> threw && threw.error() instanceof InterruptedException) {
            interrupted = true; // by somebody who meant the caller, not by this watch
        }
        if (interrupted && !caller.isInterrupted()) {
            caller.interrupt();
        }
        return outcome;
    }

    /// The time at the last tick: some moment before now, for the price of a field.
    long before() {
        return lastTick;
    }

    /// Ends the ticker.
    void stop() {
        stopped = true;
    }

    private int enter(Thread caller) {
        int home = (int) caller.threadId();
        for (int i = 0; i < PROBES; i++) {
            int slot = (home + i * i) & (SLOTS - 1);
            if (inside.compareAndSet(slot * REFERENCES, null, caller)) {
                return slot;
            }
        }
        return NONE;
    }

    /// @return `false` if the stay was interrupted
    private boolean leave(int slot, Thread caller) {
        // Before the slot is given back, so that the next stay of the same thread has another number from its first moment.
        stays.lazySet(slot * LONGS, stays.getPlain(slot * LONGS) + 1);
        while (!inside.compareAndSet(slot * REFERENCES, caller, null)) {
            if (inside.get(slot * REFERENCES) == INTERRUPTED) {
                Thread.interrupted();
                inside.set(slot * REFERENCES, null);
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    private void tick() {
        long now = time.nanos();
        boolean punctual = now - lastTick <= PUNCTUAL_NANOS;
        lastTick = now;
        boolean needed = !givenUp;
        for (int slot = 0; slot < SLOTS && !stopped; slot++) {
            needed |= look(slot, punctual);
        }
        if (needed && !stopped) {
            time.schedule(TICK, this::tick);
        }
    }

    /// @return whether somebody is inside whom an interrupt may still get out
    @SuppressWarnings("ReferenceEquality") // the very thread
    private boolean look(int slot, boolean punctual) {
        Object now = inside.get(slot * REFERENCES);
        long stay = stays.get(slot * LONGS);
        if (now != seenInside[slot] || stay != seenStay[slot]) {
            punctualTicks[slot] = 0;
            anyTicks[slot] = 0;
        }
        seenInside[slot] = now;
        seenStay[slot] = stay;
        anyTicks[slot]++;
        punctualTicks[slot] += punctual ? 1 : 0;
        if (now != null && (punctualTicks[slot] >= TICKS || anyTicks[slot] >= ANY_TICKS)) {
            if (now == INTERRUPTED) {
                giveUp("it does not yield to an interrupt");
            } else if (now instanceof Thread reader) {
                interrupt(slot, reader, stay);
            }
        }
        return now instanceof Thread;
    }

    private void interrupt(int slot, Thread reader, long stay) {
        if (!inside.compareAndSet(slot * REFERENCES, reader, INTERRUPTING)) {
            return;
        }
        if (stays.get(slot * LONGS) != stay) {
            inside.set(slot * REFERENCES, reader);
            return;
        }
        reader.interrupt();
        inside.set(slot * REFERENCES, INTERRUPTED);
        stuck++;
        if (stuck == MAX_STUCK) {
            giveUp("it got stuck " + MAX_STUCK + " times");
        }
    }

    private void giveUp(String why) {
        if (!givenUp) {
            givenUp = true;
            onGivingUp.accept(why);
        }
    }
}
