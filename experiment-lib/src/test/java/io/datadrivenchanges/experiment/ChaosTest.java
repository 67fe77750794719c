package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// A million calls while everything that can misbehave does. The control's result or exception is the caller's in every single one, and every
/// call is counted exactly once.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChaosTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int CALLERS = 4;
    private static final int CALLS = 1_000_000;
    /// One call of so many misbehaves.
    private static final int CALM = 50;

    private final long seed = System.nanoTime();
    private final CountDownLatch over = new CountDownLatch(1);
    private final JumpingTime time = new JumpingTime();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.SHADOW);
    private final Laboratory lab = Laboratory.builder()
            .time(time)
            .stages(name -> stage.get())
            .sink(report -> awaitEnd())
            .period(Duration.ofMillis(5))
            .build();

    private enum Evil {
        NONE, CONTROL_THROWS, BOTH_THROW, CANDIDATE_THROWS, CANDIDATE_DIFFERS, OVERFLOWS, FAILS, LINKS_WRONG, ALLOCATES, COMPARATOR_THROWS, COMPARATOR_LOOPS, PROJECTION_THROWS, INCOMPARABLE, HANGS, IGNORES_INTERRUPTS, INTERRUPTS_ITSELF, CALLER_INTERRUPTED
    }

    private record Input(Evil evil, long number) {}

    /// A wall clock that jumps back and forth by hours.
    private static final class JumpingTime implements Time {
        private final SystemTime system = new SystemTime();
        private final AtomicLong looks = new AtomicLong();

        @Override
        public long nanos() {
            return system.nanos();
        }

        @Override
        public Instant now() {
            return system.now().plus(Duration.ofHours(looks.incrementAndGet() % 7 - 3));
        }

        @Override
        public Runnable schedule(Duration delay, Runnable task) {
            return system.schedule(delay, task);
        }
    }

    @AfterEach
    void close() {
        over.countDown();
        lab.close();
        time.system.close();
    }

    private void awaitEnd() {
        try {
            over.await();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void detachedCandidatesDisturbNoCallAndAllAreCounted() throws Exception {
        Experiment<Input, Long, IllegalStateException> experiment = plan()
                .shadow(new Shadow.Detached(64, Duration.ofMillis(20)))
                .build();

        callAll(experiment, List.of(Evil.values()));

        allAreCounted(experiment, CALLS);
    }

    @Test
    void inlineCandidatesDisturbNoCallAndAllAreCounted() throws Exception {
        Experiment<Input, Long, IllegalStateException> experiment = plan().shadow(new Shadow.Inline()).build();
        List<Evil> withinReach = new ArrayList<>(List.of(Evil.values()));
        // It would hold its caller for ever, and two more hang: those are InlineTest's.
        withinReach.removeAll(List.of(Evil.IGNORES_INTERRUPTS, Evil.HANGS, Evil.COMPARATOR_LOOPS));

        callAll(experiment, withinReach);

        allAreCounted(experiment, CALLS);
        assertThat(experiment.summary().enabled()).as("an experiment that has not switched itself off").isTrue();
    }

    @Test
    void switchesAndStagesTurnedAllTheTimeLoseNoCall() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Experiment<Input, Long, IllegalStateException> experiment = plan().shadow(new Shadow.Inline())
                .serve(Served.Value::new)
                .build();
        ExecutorService switcher = Executors.newSingleThreadExecutor();
        Future<?> switching = switcher.submit(() -> {
            SplittableRandom random = new SplittableRandom(seed);
            while (!done.get()) {
                lab.enabled(random.nextInt(4) > 0);
                stage.set(List.of(Stage.OFF, Stage.SHADOW, Stage.CANARY, Stage.LIVE).get(random.nextInt(4)));
                lawsHold(experiment.summary());
            }
        });

        // Where the candidate answers, it answers the same or not at all.
        callAll(experiment, List.of(Evil.CANDIDATE_THROWS, Evil.FAILS, Evil.OVERFLOWS, Evil.ALLOCATES));
        done.set(true);
        switching.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        switcher.shutdown();

        await().atMost(LIMIT).until(() -> experiment.summary().inFlight() == 0);
        lawsHold(experiment.summary());
    }

    private Rest<Input, Long, Long, IllegalStateException> plan() {
        Fn<Input, Long, IllegalStateException> control = ChaosTest::control;
        return lab.experiment("chaos").control(control).candidate("c", this::candidate,
                Comparing.<Long, Long>reasons(this::compare));
    }

    private static Long control(Input input) {
        return switch (input.evil()) {
            case CONTROL_THROWS, BOTH_THROW -> throw new IllegalStateException("control " + input.number());
            default -> input.number();
        };
    }

    private Long candidate(Input input) throws Exception {
        switch (input.evil()) {
            case BOTH_THROW, CANDIDATE_THROWS -> throw new Exception("candidate");
            case OVERFLOWS -> overflow(1);
            case FAILS -> throw new AssertionError("candidate");
            case LINKS_WRONG -> throw new NoClassDefFoundError("candidate");
            case ALLOCATES -> assertThat(new byte[100_000]).isNotEmpty();
            case HANGS -> over.await();
            case IGNORES_INTERRUPTS -> hangOn();
            case INTERRUPTS_ITSELF -> {
                boolean before = Thread.currentThread().isInterrupted();
                Thread.currentThread().interrupt();
                if (!before && Thread.interrupted()) {
                    throw new InterruptedException("by itself");
                }
            }
            default -> {
            }
        }
        return switch (input.evil()) {
            case CANDIDATE_DIFFERS -> -input.number() - 1;
            case COMPARATOR_THROWS -> Long.MIN_VALUE;
            case COMPARATOR_LOOPS -> Long.MIN_VALUE + 1;
            case INCOMPARABLE -> Long.MIN_VALUE + 2;
            case PROJECTION_THROWS -> Long.MIN_VALUE + 3;
            default -> input.number();
        };
    }

    private Comparison compare(Long left, Long right) {
        if (right == Long.MIN_VALUE || right == Long.MIN_VALUE + 3) {
            throw new AssertionError("comparator");
        }
        if (right == Long.MIN_VALUE + 1) {
            hangOn();
        }
        if (right == Long.MIN_VALUE + 2) {
            return Comparison.incomparable("chaos");
        }
        return left.equals(right) ? Comparison.equal() : Comparison.differs("number", left, right);
    }

    @SuppressWarnings("InfiniteRecursion") // that is what it is for
    private static long overflow(long n) {
        return overflow(n + 1) + n;
    }

    /// Until the test is over, whoever interrupts.
    private void hangOn() {
        while (over.getCount() > 0) {
            try {
                over.await();
            } catch (InterruptedException ignored) {
                // a candidate that does not yield
            }
        }
    }

    private void callAll(Experiment<Input, Long, IllegalStateException> experiment, List<Evil> evils) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        List<Future<?>> all = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            SplittableRandom random = new SplittableRandom(seed + caller);
            all.add(callers.submit(() -> {
                for (int i = 0; i < CALLS / CALLERS; i++) {
                    boolean evil = random.nextInt(CALM) == 0;
                    callOnce(experiment,
                            new Input(evil ? evils.get(random.nextInt(evils.size())) : Evil.NONE, random.nextInt()));
                }
            }));
        }
        for (Future<?> caller : all) {
            caller.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        callers.shutdown();
    }

    private void callOnce(Experiment<Input, Long, IllegalStateException> experiment, Input input) {
        boolean interrupted = input.evil() == Evil.CALLER_INTERRUPTED;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        String answer;
        try {
            answer = "value " + experiment.call(input);
        } catch (IllegalStateException thrown) {
            answer = thrown.getMessage();
        }
        boolean throwing = input.evil() == Evil.CONTROL_THROWS || input.evil() == Evil.BOTH_THROW;
        String expected = (throwing ? "control " : "value ") + input.number();
        if (!expected.equals(answer)) {
            throw new AssertionError("seed " + seed + ", " + input + ": " + answer);
        }
        boolean flag = Thread.interrupted();
        if (flag != interrupted && input.evil() != Evil.INTERRUPTS_ITSELF) {
            throw new AssertionError("seed " + seed + ", " + input + ": interrupted is " + flag);
        }
    }

    /// What hangs keeps its runs from ending, and only that; once it may end, all have.
    private void allAreCounted(Experiment<?, ?, ?> experiment, long calls) {
        lawsHold(experiment.summary());
        assertThat(experiment.summary().runs()).as("seed %d", seed).isEqualTo(calls);
        over.countDown();
        await().atMost(LIMIT).until(() -> experiment.summary().inFlight() == 0);

        Summary summary = experiment.summary();
        lawsHold(summary);
        assertThat(summary.runs()).as("seed %d", seed).isEqualTo(calls);
        assertThat(Summary.FINDINGS.stream().mapToLong(summary::count).sum()).as("seed %d", seed).isEqualTo(calls);
    }

    private void lawsHold(Summary summary) {
        long findings = Summary.FINDINGS.stream().mapToLong(summary::count).sum();
        long settlements = Summary.SETTLEMENTS.stream().mapToLong(summary::count).sum();
        assertThat(summary.runs()).as("seed %d", seed).isEqualTo(findings + summary.inFlight());
        assertThat(summary.inFlight()).as("seed %d", seed).isNotNegative();
        assertThat(summary.count("results_do_not_match")).as("seed %d", seed)
                .isEqualTo(settlements + summary.count("rechecking"));
        assertThat(summary.count("rechecking")).as("seed %d", seed).isNotNegative();
    }
}
