package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.datadrivenchanges.experiment.testing.RecordingSink;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Callers whom the candidate cannot answer ask the control together.
class SharedFallbacksTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int CALLERS = 50;

    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.LIVE);
    private final AtomicInteger controls = new AtomicInteger();
    private final CountDownLatch answer = new CountDownLatch(1);
    private final RecordingSink sink = new RecordingSink();
    private final Laboratory lab = Laboratory.builder().sink(sink).stages(new Stages()).build();

    private final class Stages implements StageSource {
        @Override
        public @Nullable Stage stage(String experiment) {
            return stage.get();
        }

        @Override
        public int canaryPercent(String experiment) {
            return 100;
        }
    }

    @AfterEach
    void close() {
        answer.countDown();
        lab.close();
    }

    /// The candidate never knows; the control holds its callers until it is told to answer.
    private Rest<String, Object, String, IllegalStateException> plan() {
        return plan(lab);
    }

    private Rest<String, Object, String, IllegalStateException> plan(Laboratory lab) {
        Fn<String, Object, IllegalStateException> control = input -> {
            controls.incrementAndGet();
            hold(answer);
            if (input.startsWith("throws")) {
                throw new IllegalStateException(input);
            }
            return new Object();
        };
        return lab.experiment("e")
                .control(control)
                .candidate("c", input -> "unknown", Comparing.reasons((left, right) -> Comparison.incomparable(right)))
                .serve(Served.Fallback::new)
                .shadow(new Shadow.Inline());
    }

    private static void hold(CountDownLatch until) {
        try {
            assertThat(until.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    /// A call on a virtual thread of its own.
    private record Caller(Thread thread, FutureTask<Object> call) {

        static Caller of(Experiment<String, Object, IllegalStateException> experiment, String input) {
            FutureTask<Object> call = new FutureTask<>(() -> {
                try {
                    return experiment.call(input);
                } catch (IllegalStateException thrown) {
                    return thrown;
                }
            });
            return new Caller(Thread.ofVirtual().start(call), call);
        }

        boolean isWaiting() {
            return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
        }

        Object got() throws Exception {
            return call.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static List<Caller> callers(Experiment<String, Object, IllegalStateException> experiment, int howMany,
            String input) {
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < howMany; i++) {
            callers.add(Caller.of(experiment, input));
        }
        await("all wait").atMost(LIMIT).until(() -> callers.stream().allMatch(Caller::isWaiting));
        return callers;
    }

    private Summary quiet(Experiment<?, ?, ?> experiment) {
        return quiet(lab, experiment);
    }

    private static Summary quiet(Laboratory lab, Experiment<?, ?, ?> experiment) {
        assertThat(lab.drain(LIMIT)).isTrue();
        Summary summary = experiment.summary();
        assertThat(summary.inFlight()).isZero();
        assertThat(Summary.FINDINGS.stream().mapToLong(summary::count).sum()).isEqualTo(summary.runs());
        return summary;
    }

    @ParameterizedTest
    @EnumSource(names = {"CANARY", "LIVE"})
    void c104_fallbacksOfOneKeyShareACallOfTheControl(Stage serving) throws Exception {
        stage.set(serving);
        Experiment<String, Object, IllegalStateException> experiment = plan().shareFallbacks(true).build();
        List<Caller> callers = callers(experiment, CALLERS, "key");

        answer.countDown();

        Set<Object> got = ConcurrentHashMap.newKeySet();
        for (Caller caller : callers) {
            got.add(caller.got());
        }
        assertThat(got).as("the identical object").hasSize(1);
        assertThat(controls).hasValue(1);
        Summary summary = quiet(experiment);
        assertThat(summary.runs()).isEqualTo(CALLERS);
        assertThat(summary.count("incomparable")).isEqualTo(CALLERS);
        assertThat(summary.controlDurations().count()).as("calls of the control").isEqualTo(1);
        assertThat(experiment.call("key")).as("nothing is kept").isNotIn(got);
        assertThat(controls).hasValue(2);
    }

    @Test
    void c003_c104_theirExceptionIsTheSameInstanceForEverybody() throws Exception {
        Experiment<String, Object, IllegalStateException> experiment = plan().shareFallbacks(true).build();
        List<Caller> callers = callers(experiment, CALLERS, "throws");

        answer.countDown();

        Object thrown = callers.getFirst().got();
        assertThat(thrown).isInstanceOf(IllegalStateException.class);
        for (Caller caller : callers) {
            assertThat(caller.got()).isSameAs(thrown);
        }
        assertThat(controls).hasValue(1);
        assertThat(quiet(experiment).count("control_failed")).isEqualTo(CALLERS);
    }

    @Test
    void c104_fallbacksOfDifferentKeysAskByThemselves() throws Exception {
        Experiment<String, Object, IllegalStateException> experiment = plan().shareFallbacks(true).build();
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            callers.add(Caller.of(experiment, "key " + i));
        }
        await("all are inside the control").atMost(LIMIT).until(() -> controls.get() == CALLERS);

        answer.countDown();

        Set<Object> got = ConcurrentHashMap.newKeySet();
        for (Caller caller : callers) {
            got.add(caller.got());
        }
        assertThat(got).hasSize(CALLERS);
        assertThat(quiet(experiment).runs()).isEqualTo(CALLERS);
    }

    @Test
    void c104_keyIsWhatTheExperimentSays() {
        Experiment<String, Object, IllegalStateException> experiment = plan().key(String::length)
                .shareFallbacks(true)
                .build();
        callers(experiment, 1, "one");
        callers(experiment, 1, "two");

        assertThat(controls).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"OFF", "SHADOW"})
    void c010_c104_everyCallAsksByItselfBeforeTheCanary(Stage before) {
        stage.set(before);
        Experiment<String, Object, IllegalStateException> experiment = plan().shareFallbacks(true).build();

        callers(experiment, 8, "key");

        assertThat(controls).hasValue(8);
    }

    @Test
    void c010_c104_everyCallAsksByItselfUnlessToldToShare() {
        Experiment<String, Object, IllegalStateException> experiment = plan().build();

        callers(experiment, 8, "key");

        assertThat(controls).hasValue(8);
    }

    @Test
    void c096_interruptedWaiterKeepsItsInterruptAndAsksByItself() throws Exception {
        Experiment<String, Object, IllegalStateException> experiment = plan().shareFallbacks(true).build();
        Caller first = callers(experiment, 1, "key").getFirst();
        Caller second = callers(experiment, 1, "key").getFirst();

        second.thread().interrupt();

        assertThat(second.got()).as("what the control does when interrupted")
                .isInstanceOfSatisfying(IllegalStateException.class,
                        thrown -> assertThat(thrown).hasMessage("interrupted"));
        assertThat(controls).hasValue(2);
        answer.countDown();
        assertThat(first.got()).isNotInstanceOf(Throwable.class);
        quiet(experiment);
    }

    @Test
    void c096_whatTheControlThrowsAtAnInterruptedCallerIsNotShared() throws Exception {
        Experiment<String, Object, IllegalStateException> experiment = plan().shareFallbacks(true).build();
        Caller first = callers(experiment, 1, "key").getFirst();
        List<Caller> others = callers(experiment, 10, "key");

        first.thread().interrupt();

        assertThat(first.got()).isInstanceOf(IllegalStateException.class);
        await("one of the others asks").atMost(LIMIT).until(() -> controls.get() == 2);
        answer.countDown();
        Object shared = others.getFirst().got();
        assertThat(shared).isNotInstanceOf(Throwable.class);
        for (Caller other : others) {
            assertThat(other.got()).isSameAs(shared);
        }
        assertThat(controls).hasValue(2);
        assertThat(quiet(experiment).runs()).isEqualTo(11);
    }

    @Test
    void candidateThatWasDetachedForGoodIsAFallbackToo() {
        CountDownLatch stuck = new CountDownLatch(1);
        Fn<String, Object, IllegalStateException> control = input -> {
            controls.incrementAndGet();
            if (input.equals("key")) {
                hold(answer);
            }
            return new Object();
        };
        Experiment<String, Object, IllegalStateException> experiment = lab.experiment("stuck")
                .control(control)
                .candidate("c", input -> {
                    stuck.await();
                    return input;
                }, Comparing.reasons((left, right) -> Comparison.equal()))
                .serve(Served.Value::new)
                .shadow(new Shadow.Inline())
                .shareFallbacks(true)
                .build();
        await("it got stuck too often").atMost(LIMIT).until(() -> "suspended".equals(
                experiment.answer("other").fallback()));
        controls.set(0);

        callers(experiment, 10, "key");

        assertThat(controls).hasValue(1);
        stuck.countDown();
    }

    @Test
    void lawsHoldWhileManyShare() throws Exception {
        answer.countDown();
        long seed = System.nanoTime();
        int threads = 8;
        int calls = 5_000;
        // Its time stands still, so that it does not find itself too expensive meanwhile.
        try (Laboratory still = Laboratory.builder().time(new VirtualTime()).stages(new Stages()).build();
                ExecutorService callers = Executors.newFixedThreadPool(threads)) {
            Experiment<String, Object, IllegalStateException> experiment = plan(still).shareFallbacks(true).build();
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                done.add(callers.submit(() -> call(experiment, random, calls)));
            }
            for (Future<?> one : done) {
                one.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            }

            Summary summary = quiet(still, experiment);
            assertThat(summary.runs()).as("seed %d", seed).isEqualTo((long) threads * calls);
            assertThat(summary.count("control_failed") + summary.count("incomparable")).as("seed %d", seed)
                    .isEqualTo(summary.runs());
        }
    }

    private void call(Experiment<String, Object, IllegalStateException> experiment, SplittableRandom random,
            int calls) {
        for (int i = 0; i < calls; i++) {
            stage.set(random.nextInt(8) == 0 ? Stage.SHADOW : Stage.LIVE);
            try {
                experiment.call((random.nextInt(4) == 0 ? "throws " : "key ") + random.nextInt(3));
            } catch (IllegalStateException expected) {
                assertThat(expected).hasMessageStartingWith("throws");
            }
        }
    }
}
