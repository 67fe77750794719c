package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.datadrivenchanges.experiment.testing.RecordingSink;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/// Order, time and threads. The numbers are those of the conformance list.
class OrderAndTimeTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final VirtualTime time = new VirtualTime();
    private final RecordingSink sink = new RecordingSink();
    private final List<Laboratory> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(Laboratory::close);
    }

    private Laboratory open(Laboratory.Builder builder) {
        Laboratory lab = builder.sink(sink).build();
        opened.add(lab);
        return lab;
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception missed) {
            throw new AssertionError(missed);
        }
    }

    @Test
    void c086_candidateFirstAndControlFirstAreHonoured() {
        Laboratory lab = open(Laboratory.builder());
        for (Order order : List.of(Order.CANDIDATE_FIRST, Order.CONTROL_FIRST)) {
            List<String> seen = new CopyOnWriteArrayList<>();
            CountDownLatch candidateRan = new CountDownLatch(1);
            Experiment<String, String, RuntimeException> experiment = lab.experiment("e" + order)
                    .control((String input) -> {
                        if (order == Order.CANDIDATE_FIRST) {
                            await().atMost(LIMIT).until(() -> candidateRan.getCount() == 0);
                        }
                        seen.add("control");
                        return "a";
                    })
                    .candidate("c", input -> {
                        seen.add("candidate");
                        candidateRan.countDown();
                        return "a";
                    })
                    .order(order)
                    .build();

            experiment.call("x");

            assertThat(lab.drain(LIMIT)).isTrue();
            assertThat(seen.getFirst()).isEqualTo(order == Order.CANDIDATE_FIRST ? "candidate" : "control");
        }
    }

    @Test
    void c085_detachedIsSubmittedBeforeOrAfterTheControlByChanceAndInlineFixed() {
        ExecutorService workers = Executors.newSingleThreadExecutor();
        List<String> handed = new CopyOnWriteArrayList<>();
        Laboratory lab = open(Laboratory.builder().workers(task -> {
            handed.add("candidate");
            workers.execute(task);
        }));
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e").control((String input) -> {
            handed.add("control");
            return "a";
        }).candidate("c", input -> "a").shadow(new Shadow.Detached(1000, LIMIT)).build();
        int candidateFirst = 0;

        for (int i = 0; i < 200; i++) {
            handed.clear();
            experiment.call("x");
            candidateFirst += "candidate".equals(handed.getFirst()) ? 1 : 0;
            assertThat(lab.drain(LIMIT)).isTrue();
        }

        // Seven standard deviations of 7.1 from 100.
        assertThat(candidateFirst).isBetween(50, 150);
        workers.shutdown();
        assertThatIllegalArgumentException().isThrownBy(() -> lab.experiment("inline")
                .control((String input) -> "a")
                .candidate("c", input -> "a")
                .shadow(new Shadow.Inline())
                .order(Order.CONTROL_FIRST)
                .build());
    }

    @Test
    void c090_detachedSidesRunAtTheSameTime() {
        Laboratory lab = open(Laboratory.builder());
        CyclicBarrier both = new CyclicBarrier(2);
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e").control((String input) -> {
            meet(both);
            return "a";
        }).candidate("c", input -> {
            meet(both);
            return "a";
        }).shadow(new Shadow.Detached(4, LIMIT)).order(Order.CANDIDATE_FIRST).build();

        experiment.call("x");

        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(experiment.summary().count("results_match")).isEqualTo(1);
    }

    @Test
    void c091_noMoreThanMaxInFlightAndAtLeastOne() {
        Laboratory lab = open(Laboratory.builder());
        CountDownLatch end = new CountDownLatch(1);
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> "a")
                .candidate("c", input -> {
                    end.await();
                    return "a";
                })
                .shadow(new Shadow.Detached(3, LIMIT))
                .build();

        for (int i = 0; i < 10; i++) {
            experiment.call("x");
        }

        assertThat(experiment.summary().inFlight()).isEqualTo(3);
        assertThat(experiment.summary().count("shed")).isEqualTo(7);
        end.countDown();
        assertThat(lab.drain(LIMIT)).isTrue();
        for (int wrong : new int[]{0, -1}) {
            assertThatIllegalArgumentException().isThrownBy(() -> new Shadow.Detached(wrong, LIMIT));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new Shadow.Detached(1, Duration.ZERO));
    }

    @Test
    void c092_suppliedWorkersAreUsedAndTheirRefusalSheds() {
        List<Thread> used = new CopyOnWriteArrayList<>();
        AtomicInteger accepted = new AtomicInteger();
        ExecutorService workers = Executors.newSingleThreadExecutor(task -> new Thread(task, "supplied"));
        Laboratory lab = open(Laboratory.builder().workers(task -> {
            if (accepted.incrementAndGet() > 2) {
                throw new RejectedExecutionException("full");
            }
            workers.execute(task);
        }));
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> "a")
                .candidate("c", input -> {
                    used.add(Thread.currentThread());
                    return "a";
                })
                .order(Order.CONTROL_FIRST)
                .build();

        for (int i = 0; i < 3; i++) {
            assertThat(experiment.call("x")).isEqualTo("a");
            assertThat(lab.drain(LIMIT)).isTrue();
        }

        assertThat(used).hasSize(2).allMatch(thread -> "supplied".equals(thread.getName()));
        assertThat(experiment.summary().count("shed")).isEqualTo(1);
        workers.shutdown();
    }

    @Test
    void c015_fatalErrorOnAWorkerEndsItsThreadAndAnotherTakesOver() {
        Laboratory lab = open(Laboratory.builder());
        List<Thread> used = new CopyOnWriteArrayList<>();
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> "a")
                .candidate("c", input -> {
                    used.add(Thread.currentThread());
                    if ("fatal".equals(input)) {
                        throw new OutOfMemoryError("made up");
                    }
                    return "a";
                })
                .shadow(new Shadow.Detached(1, LIMIT))
                .build();

        experiment.call("fatal");
        assertThat(lab.drain(LIMIT)).isTrue();
        await().atMost(LIMIT).until(() -> !used.getFirst().isAlive());
        await().atMost(LIMIT).until(() -> {
            experiment.call("x");
            return lab.drain(LIMIT) && experiment.summary().count("results_match") > 0;
        });

        assertThat(experiment.summary().count("candidate_failed")).isEqualTo(1);
        assertThat(used.getLast()).isNotSameAs(used.getFirst());
        assertThat(experiment.summary().enabled()).isTrue();
    }

    @Test
    void c094_timeOutCountsAsTimeOutOnly() {
        Laboratory lab = open(Laboratory.builder().time(time));
        CountDownLatch begun = new CountDownLatch(1);
        Fn<String, String, RuntimeException> control = input -> {
            throw new IllegalStateException("control");
        };
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control(control)
                .candidate("c", input -> {
                    begun.countDown();
                    new CountDownLatch(1).await();
                    return "a";
                })
                .order(Order.CANDIDATE_FIRST)
                .build();

        try {
            experiment.call("x");
        } catch (IllegalStateException expected) {
            assertThat(expected).hasMessage("control");
        }
        await().atMost(LIMIT).until(() -> begun.getCount() == 0);
        time.advance(Duration.ofSeconds(1));

        assertThat(lab.drain(LIMIT)).isTrue();
        Summary summary = experiment.summary();
        assertThat(summary.count("candidate_failed")).isEqualTo(1);
        assertThat(summary.count("candidate_timed_out")).isEqualTo(1);
        assertThat(summary.count("both_failed")).isZero();
        assertThat(summary.count("control_failed")).isZero();
    }

    @Test
    void c087_c088_inlineDurationsAreThoseOfTheBehavioursAlone() {
        Laboratory lab = open(Laboratory.builder().time(time));
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e").control((String input) -> {
            time.advance(Duration.ofMillis(30));
            return "a";
        }).candidate("c", input -> {
            time.advance(Duration.ofMillis(5));
            throw new IllegalStateException("candidate");
        }).shadow(new Shadow.Inline()).build();

        experiment.call("x");

        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(sink.only().control().duration()).isEqualTo(Duration.ofMillis(30));
        assertThat(sink.only().observed().duration()).isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void c087_fastControlIsTimedSeldomAndUntimedRunsHaveNoDuration() {
        Laboratory lab = open(Laboratory.builder().time(time));
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> "a")
                .candidate("c", input -> "a")
                .shadow(new Shadow.Inline())
                .published(false)
                .build();

        for (int i = 0; i < 100_000; i++) {
            experiment.call("x");
        }

        Summary summary = experiment.summary();
        assertThat(summary.timedOneIn()).isEqualTo(1024);
        assertThat(summary.controlDurations().count()).isBetween(1_024L, 1_024L + 100);
        assertThat(summary.runs()).isEqualTo(100_000);
    }

    @Test
    void slowControlIsTimedEveryTime() {
        Laboratory lab = open(Laboratory.builder().time(time));
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e").control((String input) -> {
            time.advance(Duration.ofNanos(20_000));
            return "a";
        }).candidate("c", input -> "a").shadow(new Shadow.Inline()).build();

        for (int i = 0; i < 5_000; i++) {
            experiment.call("x");
        }

        assertThat(experiment.summary().timedOneIn()).isEqualTo(1);
        assertThat(experiment.summary().controlDurations().count()).isEqualTo(5_000);
    }

    @Test
    void experimentThatCostsTooMuchHalvesItselfThenSwitchesOffAndSaysSo() {
        Laboratory lab = open(Laboratory.builder().time(time));
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e").control((String input) -> {
            time.advance(Duration.ofMillis(1));
            return "a";
        }).candidate("c", input -> {
            time.advance(Duration.ofNanos(100_000));
            return "a";
        }).shadow(new Shadow.Inline()).build();

        for (int i = 0; i < 3_500; i++) {
            experiment.call("x");
        }
        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(sink.notices()).extracting(Report.Notice::text).singleElement().asString()
                .contains("every second call");
        assertThat(experiment.summary().overheadNanos()).isEqualTo(100_000);
        for (int i = 0; i < 3_500; i++) {
            experiment.call("x");
        }

        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(sink.notices()).hasSize(2).last().extracting(Report.Notice::text).asString()
                .contains("switched itself off");
        assertThat(experiment.summary().enabled()).isFalse();
        assertThat(experiment.summary().count("sampled_out")).isPositive();
    }

    @Test
    void experimentWithinItsBudgetStaysOn() {
        Laboratory lab = open(Laboratory.builder().time(time));
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e").control((String input) -> {
            time.advance(Duration.ofMillis(1));
            return "a";
        }).candidate("c", input -> {
            time.advance(Duration.ofNanos(29_000));
            return "a";
        }).shadow(new Shadow.Inline()).build();

        for (int i = 0; i < 10_000; i++) {
            experiment.call("x");
        }

        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(sink.notices()).isEmpty();
    }

    @Test
    void c098_c103_tiesAndZerosBreakNoStatistics() {
        Histogram ties = new Histogram();
        for (int i = 0; i < 1_000; i++) {
            ties.record(0);
        }

        assertThat(ties.snapshot()).isEqualTo(new Summary.Durations(1_000, 0, 0, 0, 0));
    }
}
