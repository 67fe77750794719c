package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The conservation laws, while many threads call, the switch and the stage are toggled, and candidates misbehave.
class LawsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int THREADS = 8;
    private static final int CALLS = 20_000;
    private static final List<String> FINDINGS = List.of("results_match", "results_do_not_match", "candidate_failed",
            "control_failed", "ignored", "incomparable", "comparison_failed", "sampled_out", "filtered", "gate_failed",
            "shed", "cancelled");

    private final long seed = System.nanoTime();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.SHADOW);

    @Test
    void runsAreTheSumOfFindingsAndInFlight() throws Exception {
        try (Laboratory lab = Laboratory.builder().stages(name -> stage()).build();
                ExecutorService callers = Executors.newFixedThreadPool(THREADS + 1)) {
            Experiment<Integer, Integer, IllegalStateException> experiment = experiment(lab);
            AtomicBoolean over = new AtomicBoolean();
            Future<?> toggler = callers.submit(() -> toggle(lab, experiment, over));
            List<Future<?>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                calls.add(callers.submit(() -> call(experiment, random)));
            }
            try {
                for (Future<?> call : calls) {
                    call.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
                }
            } finally {
                over.set(true);
            }
            toggler.get(LIMIT.toSeconds(), TimeUnit.SECONDS);

            assertThat(lab.drain(LIMIT)).isTrue();
            Summary summary = experiment.summary();
            assertThat(summary.inFlight()).as("seed %d", seed).isZero();
            assertThat(summary.runs()).isPositive();
            holds(summary);
        }
    }

    @Test
    void closingInTheMiddleKeepsTheLaw() throws Exception {
        for (int round = 0; round < 100; round++) {
            Laboratory lab = Laboratory.create();
            Experiment<Integer, Integer, IllegalStateException> experiment = experiment(lab);
            try (ExecutorService callers = Executors.newFixedThreadPool(THREADS)) {
                CountDownLatch begun = new CountDownLatch(THREADS);
                for (int i = 0; i < THREADS; i++) {
                    SplittableRandom random = new SplittableRandom(seed + i);
                    callers.execute(() -> {
                        begun.countDown();
                        for (int j = 0; j < 500; j++) {
                            callOnce(experiment, random.nextInt(100));
                        }
                    });
                }
                begun.await();
                lab.close();
            }
            assertThat(experiment.summary().inFlight()).as("seed %d", seed).isZero();
            holds(experiment.summary());
        }
    }

    @Test
    void hangingCandidatesTakeNoMoreThanTheirBounds() {
        CountDownLatch end = new CountDownLatch(1);
        try (Laboratory lab = Laboratory.create()) {
            Experiment<byte[], Integer, RuntimeException> experiment = lab.experiment("e")
                    .control((byte[] input) -> input.length)
                    .candidate("c", input -> {
                        end.await();
                        return input.length;
                    })
                    .shadow(new Shadow.Detached(16, Duration.ofHours(1)))
                    .build();

            // A megabyte each: were they kept, the heap of this test would not do.
            for (int i = 0; i < 4_000; i++) {
                assertThat(experiment.call(new byte[1 << 20])).isEqualTo(1 << 20);
            }

            Summary summary = experiment.summary();
            assertThat(summary.inFlight()).isEqualTo(16);
            assertThat(summary.count("shed")).isEqualTo(4_000 - 16);
            holds(summary);
        } finally {
            end.countDown();
        }
    }

    /// The kind of misbehaviour is the input: equal, unequal, throwing on either side, comparator failing, late.
    private static Experiment<Integer, Integer, IllegalStateException> experiment(Laboratory lab) {
        Fn<Integer, Integer, IllegalStateException> control = input -> {
            if (input % 10 == 7) {
                throw new IllegalStateException("control");
            }
            return input;
        };
        return lab.experiment("laws").control(control).candidate("c", input -> {
            if (input == 93) {
                new CountDownLatch(1).await();
            }
            return switch (input % 10) {
                case 1 -> -input;
                case 2 -> throw new AssertionError("candidate");
                default -> input;
            };
        }, Comparing.reasons((left, right) -> {
            if (left % 10 == 4) {
                throw new IllegalArgumentException("comparator");
            }
            if (left % 10 == 5) {
                return Comparison.incomparable("unknown");
            }
            return left.equals(right) ? Comparison.equal() : Comparison.differs("number", left, right);
        })).versions(value -> value, value -> value).shadow(new Shadow.Detached(32, Duration.ofMillis(2))).build();
    }

    private Stage stage() {
        Stage now = stage.get();
        if (now == Stage.OFF && Thread.currentThread().threadId() % 2 == 0) {
            throw new IllegalStateException("stage");
        }
        return now;
    }

    private void toggle(Laboratory lab, Experiment<?, ?, ?> experiment, AtomicBoolean over) {
        SplittableRandom random = new SplittableRandom(seed);
        while (!over.get()) {
            lab.enabled(random.nextInt(4) > 0);
            stage.set(random.nextInt(4) > 0 ? Stage.SHADOW : Stage.OFF);
            holds(experiment.summary());
        }
        lab.enabled(true);
    }

    private static void call(Experiment<Integer, Integer, IllegalStateException> experiment, SplittableRandom random) {
        for (int i = 0; i < CALLS; i++) {
            callOnce(experiment, random.nextInt(100));
        }
    }

    private static void callOnce(Experiment<Integer, Integer, IllegalStateException> experiment, int input) {
        if (input % 10 == 7) {
            try {
                experiment.call(input);
                throw new AssertionError("the control's exception is missing");
            } catch (IllegalStateException expected) {
                assertThat(expected).hasMessage("control");
            }
        } else {
            assertThat(experiment.call(input)).isEqualTo(input);
        }
    }

    private void holds(Summary summary) {
        long findings = FINDINGS.stream().mapToLong(summary::count).sum();
        assertThat(summary.runs()).as("seed %d", seed).isEqualTo(findings + summary.inFlight());
        assertThat(summary.inFlight()).as("seed %d", seed).isNotNegative();
        assertThat(summary.count("results_do_not_match")).as("seed %d", seed)
                .isEqualTo(Summary.SETTLEMENTS.stream().mapToLong(summary::count).sum() + summary.count("rechecking"));
        assertThat(summary.count("rechecking")).as("seed %d", seed).isNotNegative();
    }
}
