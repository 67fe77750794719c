package io.datadrivenchanges.benchmarks.misbehaviour;

import java.util.concurrent.CountDownLatch;

/// The parts of one experiment: control and candidate give back their input. Thread-safe.
final class Parts implements AutoCloseable {

    private final IllegalStateException controlThrows = new IllegalStateException("control");

    private final Misbehaviour misbehaviour;
    private final CountDownLatch over = new CountDownLatch(1);

    Parts(Misbehaviour misbehaviour) {
        this.misbehaviour = misbehaviour;
    }

    /// Whether the control throws.
    boolean isWithoutAnswer() {
        return misbehaviour == Misbehaviour.CONTROL_THROWS;
    }

    /// Whether this is what the control has thrown.
    @SuppressWarnings("ReferenceEquality") // the very instance
    boolean isOfControl(Throwable thrown) {
        return thrown == controlThrows;
    }

    Integer control(Integer input) {
        if (misbehaviour == Misbehaviour.CONTROL_THROWS) {
            throw controlThrows;
        }
        return input;
    }

    Integer candidate(Integer input) {
        return switch (misbehaviour) {
            case CANDIDATE_THROWS -> throw new IllegalArgumentException("candidate");
            case CANDIDATE_FAILS -> throw new AssertionError("candidate");
            case CANDIDATE_HANGS -> hang(input);
            case NONE, COMPARATOR_THROWS, PUBLISHER_THROWS, CONTROL_THROWS -> input;
        };
    }

    boolean alike(Integer control, Integer candidate) {
        if (misbehaviour == Misbehaviour.COMPARATOR_THROWS) {
            throw new UnsupportedOperationException("comparator");
        }
        return control.equals(candidate);
    }

    void publish() {
        if (misbehaviour == Misbehaviour.PUBLISHER_THROWS) {
            throw new UnsupportedOperationException("publisher");
        }
    }

    /// Lets go whoever hangs.
    @Override
    public void close() {
        over.countDown();
    }

    /// As a socket without a time limit does: an interrupt ends it.
    private Integer hang(Integer input) {
        try {
            over.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
        return input;
    }
}
