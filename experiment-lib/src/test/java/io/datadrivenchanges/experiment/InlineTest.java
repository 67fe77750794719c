package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.datadrivenchanges.experiment.testing.RecordingSink;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// A candidate that is read on the caller's thread, and the watch over it.
class InlineTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration TICK = Duration.ofMillis(10);

    private final VirtualTime time = new VirtualTime();
    private final RecordingSink sink = new RecordingSink();
    private final Laboratory lab = Laboratory.builder().time(time).sink(sink).build();
    private final CountDownLatch never = new CountDownLatch(1);

    @AfterEach
    void close() {
        never.countDown();
        lab.close();
    }

    private Experiment<String, String, RuntimeException> inline(Fn<String, String, ?> candidate) {
        return lab.experiment("e")
                .control((String input) -> "control")
                .candidate("c", candidate)
                .shadow(new Shadow.Inline())
                .recheck(Recheck.none())
                .build();
    }

    private Summary quiet(Experiment<?, ?, ?> experiment) {
        assertThat(lab.drain(LIMIT)).isTrue();
        return experiment.summary();
    }

    /// Calls on a thread of its own and lets the watch tick until the call is over.
    private Thread callBesideTicks(Experiment<String, String, ?> experiment, AtomicReference<String> answer) {
        return callBeside(() -> time.advance(TICK), experiment, answer);
    }

    private Thread callBeside(Runnable tick, Experiment<String, String, ?> experiment, AtomicReference<String> answer) {
        Thread caller = Thread.ofPlatform().daemon().start(() -> {
            try {
                String value = experiment.call("x");
                answer.set(value + (Thread.currentThread().isInterrupted() ? " interrupted" : ""));
            } catch (Exception thrown) {
                answer.set(thrown.toString());
            }
        });
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(() -> {
            tick.run();
            return !caller.isAlive();
        });
        return caller;
    }

    @Test
    void readsOnceAroundAMatchAndTwiceAroundAMismatch() {
        AtomicInteger reads = new AtomicInteger();
        AtomicReference<Thread> reader = new AtomicReference<>();
        Experiment<String, String, RuntimeException> experiment = inline(input -> {
            reads.incrementAndGet();
            reader.set(Thread.currentThread());
            return input;
        });

        assertThat(experiment.call("control")).isEqualTo("control");
        assertThat(reads).hasValue(1);
        assertThat(experiment.call("other")).isEqualTo("control");
        assertThat(reads).hasValue(3);

        assertThat(reader).hasValue(Thread.currentThread());
        assertThat(quiet(experiment).count("results_match")).isEqualTo(1);
        assertThat(experiment.summary().count("diverged")).isEqualTo(1);
    }

    @Test
    void valueThatBecomesEqualDuringTheCallMatchesAfterControl() {
        AtomicReference<String> value = new AtomicReference<>("old");
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e").control((String input) -> {
            value.set("new");
            return "new";
        }).candidate("c", input -> value.get()).shadow(new Shadow.Inline()).build();

        experiment.call("x");

        assertThat(quiet(experiment).count("matched_after_control")).isEqualTo(1);
        assertThat(sink.only().finding()).isEqualTo(new Finding.Match(true));
    }

    @Test
    void stuckCandidateIsInterruptedAndTheControlRunsWithoutTheInterrupt() {
        Experiment<String, String, RuntimeException> experiment = inline(input -> {
            never.await();
            return "late";
        });
        AtomicReference<String> answer = new AtomicReference<>();

        callBesideTicks(experiment, answer);

        assertThat(answer).hasValue("control");
        assertThat(quiet(experiment).count("candidate_timed_out")).isEqualTo(1);
        assertThat(experiment.summary().count("candidate_failed")).isEqualTo(1);
    }

    @Test
    void threeStuckCandidatesDetachItForGoodWithANotice() {
        AtomicInteger inline = new AtomicInteger();
        Experiment<String, String, RuntimeException> experiment = inline(input -> {
            if (!Thread.currentThread().getName().contains("worker")) {
                inline.incrementAndGet();
                never.await();
            }
            return "control";
        });
        for (int i = 0; i < 3; i++) {
            AtomicReference<String> answer = new AtomicReference<>();
            callBesideTicks(experiment, answer);
            assertThat(answer).hasValue("control");
        }

        for (int i = 0; i < 5; i++) {
            assertThat(experiment.call("x")).isEqualTo("control");
        }

        assertThat(inline).hasValue(3);
        assertThat(quiet(experiment).count("results_match")).isEqualTo(5);
        assertThat(sink.notices()).singleElement()
                .satisfies(notice -> assertThat(notice.text()).contains("detached for good", "3 times"));
    }

    @Test
    void callersWhoAreInsideWhenItIsDetachedComeOutToo() {
        AtomicInteger inside = new AtomicInteger();
        Experiment<String, String, RuntimeException> experiment = inline(input -> {
            inside.incrementAndGet();
            never.await();
            return "late";
        });
        callBesideTicks(experiment, new AtomicReference<>());
        callBesideTicks(experiment, new AtomicReference<>());

        Thread third = Thread.ofPlatform().daemon().start(() -> experiment.call("third"));
        await().atMost(LIMIT).until(() -> inside.get() == 3);
        time.advance(TICK.multipliedBy(2));
        Thread fourth = Thread.ofPlatform().daemon().start(() -> experiment.call("fourth"));
        await().atMost(LIMIT).until(() -> inside.get() == 4);

        await().atMost(LIMIT).until(() -> {
            time.advance(TICK);
            return !third.isAlive() && !fourth.isAlive();
        });
        assertThat(sink.notices()).singleElement()
                .satisfies(notice -> assertThat(notice.text()).contains("detached for good", "3 times"));
    }

    @Test
    void candidateThatDoesNotYieldDetachesItAtOnceAndHoldsOnlyItsCaller() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        Experiment<String, String, RuntimeException> experiment = inline(input -> {
            boolean mayEnd = Thread.currentThread().getName().contains("worker");
            while (!mayEnd) {
                inside.countDown();
                try {
                    never.await();
                    mayEnd = true;
                } catch (InterruptedException ignored) {
                    // a candidate that does not yield
                }
            }
            return "control";
        });
        Thread held = Thread.ofPlatform().daemon().start(() -> experiment.call("held"));
        inside.await();

        time.advance(Duration.ofMillis(200));

        assertThat(experiment.call("x")).isEqualTo("control");
        await().atMost(LIMIT).until(() -> experiment.summary().count("results_match") == 1);
        assertThat(held.isAlive()).isTrue();
        assertThat(sink.notices()).singleElement()
                .satisfies(notice -> assertThat(notice.text()).contains("does not yield"));
    }

    @Test
    void callersThatComeAndGoAreNotTakenForStuckOnes() {
        Experiment<String, String, RuntimeException> experiment = inline(input -> {
            time.advance(TICK);
            return "control";
        });

        for (int i = 0; i < 100; i++) {
            experiment.call("x");
        }

        assertThat(quiet(experiment).count("results_match")).isEqualTo(100);
    }

    @Test
    void machineThatStandsStillIsNotTakenForAStuckCandidate() {
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> "control")
                .candidate("c", input -> {
                    for (int i = 0; i < 20; i++) {
                        time.stall(Duration.ofMillis(50));
                    }
                    return "control";
                })
                .shadow(new Shadow.Inline())
                .build();

        experiment.call("x");

        assertThat(quiet(experiment).count("results_match")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void stuckCandidateIsInterruptedAlsoWhereTicksAreLate(int punctualOnes) {
        Experiment<String, String, RuntimeException> experiment = inline(input -> {
            never.await();
            return "late";
        });
        AtomicReference<String> answer = new AtomicReference<>();

        callBeside(() -> {
            time.stall(Duration.ofMillis(50));
            time.advance(TICK.multipliedBy(punctualOnes));
        }, experiment, answer);

        assertThat(answer).hasValue("control");
        assertThat(quiet(experiment).count("candidate_timed_out")).isEqualTo(1);
    }

    @Test
    void callersOwnInterruptSurvivesACandidateThatConsumesIt() {
        Experiment<String, String, RuntimeException> experiment = inline(input -> {
            never.await();
            return "late";
        });

        Thread.currentThread().interrupt();
        assertThat(experiment.call("x")).isEqualTo("control");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(quiet(experiment).count("candidate_failed")).isEqualTo(1);
    }

    @Test
    void c015_fatalErrorOfAnInlineCandidateSwitchesTheExperimentOff() {
        Experiment<String, String, RuntimeException> experiment = inline(input -> {
            throw new OutOfMemoryError("made up");
        });

        assertThat(experiment.call("x")).isEqualTo("control");
        assertThat(experiment.call("x")).isEqualTo("control");

        assertThat(quiet(experiment).runs()).isEqualTo(1);
        assertThat(experiment.summary().enabled()).isFalse();
        assertThat(sink.notices()).singleElement()
                .satisfies(notice -> assertThat(notice.text()).contains("switched itself off"));
        lab.enabled(false);
        lab.enabled(true);
        assertThat(experiment.summary().enabled()).isTrue();
    }
}
