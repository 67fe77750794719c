package io.datadrivenchanges.benchmarks.misbehaviour;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.datadrivenchanges.experiment.Comparing;
import io.datadrivenchanges.experiment.Comparison;
import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Rest;
import io.datadrivenchanges.experiment.Shadow;
import org.openjdk.jmh.infra.Blackhole;

/// Two experiments whose candidates misbehave in one call of fifty, each time in another way, and whose sink is blocked. Thread-safe.
final class Chaos implements AutoCloseable {

    /// One call of so many misbehaves.
    private static final int CALM = 50;
    /// A few microseconds: a quick control.
    private static final long PACE = 2_000;
    private static final int GARBAGE_BYTES = 100_000;
    private static final int AT_ONCE = 64;
    private static final Duration TIMEOUT = Duration.ofMillis(20);
    private static final int THROWS = 0;
    private static final int FAILS = 1;
    private static final int DIFFERS = 2;
    private static final int ALLOCATES = 3;
    private static final int MAKES_THE_COMPARATOR_THROW = 4;
    private static final int HANGS = 5;
    /// Inline, nothing may hang: what does is interrupted, and after three times the candidate runs detached.
    private static final int WAYS_INLINE = HANGS;
    private static final int WAYS_DETACHED = HANGS + 1;

    /// Kept until the next is made: the compiler leaves out what nobody can see.
    @SuppressWarnings("UnusedVariable")
    private volatile byte[] garbage = {};

    private final CountDownLatch over = new CountDownLatch(1);
    private final Laboratory laboratory = Laboratory.builder().sink(_ -> awaitEnd()).build();
    private final Experiment<Integer, Integer, RuntimeException> inline = plan("inline", WAYS_INLINE)
            .shadow(new Shadow.Inline())
            .build();
    private final Experiment<Integer, Integer, RuntimeException> detached = plan("detached", WAYS_DETACHED)
            .shadow(new Shadow.Detached(AT_ONCE, TIMEOUT))
            .build();

    /// Gives back its input.
    Integer control(Integer input) {
        Blackhole.consumeCPU(PACE);
        return input;
    }

    Experiment<Integer, Integer, RuntimeException> inline() {
        return inline;
    }

    Experiment<Integer, Integer, RuntimeException> detached() {
        return detached;
    }

    /// Lets go whoever hangs.
    @Override
    public void close() {
        over.countDown();
        laboratory.close();
    }

    private Rest<Integer, Integer, Integer, RuntimeException> plan(String name, int ways) {
        return laboratory.experiment(name)
                .control((Integer input) -> control(input))
                .candidate("candidate", input -> candidate(input, ways), Comparing.reasons(Chaos::compare));
    }

    private Integer candidate(Integer input, int ways) throws InterruptedException {
        if (input % CALM != 0) {
            return input;
        }
        return switch (input / CALM % ways) {
            case THROWS -> throw new IllegalArgumentException("candidate");
            case FAILS -> throw new AssertionError("candidate");
            case DIFFERS -> input + 1;
            case ALLOCATES -> {
                garbage = new byte[GARBAGE_BYTES];
                yield input;
            }
            case MAKES_THE_COMPARATOR_THROW -> -1;
            default -> {
                over.await();
                yield input;
            }
        };
    }

    private static Comparison compare(Integer control, Integer candidate) {
        if (candidate < 0) {
            throw new UnsupportedOperationException("comparator");
        }
        return control.equals(candidate) ? Comparison.equal() : Comparison.differs("value", control, candidate);
    }

    private void awaitEnd() {
        try {
            over.await();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }
}
