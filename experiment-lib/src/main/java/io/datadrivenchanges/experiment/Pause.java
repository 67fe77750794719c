package io.datadrivenchanges.experiment;

import java.util.concurrent.locks.LockSupport;

/// How long a thread that looks for work rests between two looks. Those who bring work never wake it, as that would cost them
/// microseconds; so it looks often while there is work, up to once a millisecond for a while after, and rarely when all is idle, so that an idle
/// process stays idle. Confined to its thread.
final class Pause {

    private static final long FIRST_NANOS = 50_000;
    private static final int DOUBLINGS = 5;
    private static final long BUSY_NANOS = 1_000_000;
    private static final int BUSY_LOOKS = 15;

    private final long idleNanos;
    private int looks;

    /// @param idleNanos between two looks when all is idle
    Pause(long idleNanos) {
        this.idleNanos = idleNanos;
    }

    /// There was work.
    void worked() {
        looks = 0;
    }

    /// There was none: rests, at most until interrupted.
    void rest() {
        long nanos = looks < DOUBLINGS ? FIRST_NANOS << looks : looks < BUSY_LOOKS ? BUSY_NANOS : idleNanos;
        looks++;
        LockSupport.parkNanos(Math.min(nanos, idleNanos));
    }
}
