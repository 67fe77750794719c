package io.datadrivenchanges.experiment;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.datadrivenchanges.experiment.testing.RecordingSink;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import io.datadrivenchanges.experiment.verdict.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// The numbers are those of the conformance list in the design of the library.
class ConformanceTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final RecordingSink sink = new RecordingSink();
    private final CountDownLatch testEnds = new CountDownLatch(1);
    private Laboratory lab = Laboratory.builder().sink(sink).build();

    private record Versioned(String value, long version) {}

    @AfterEach
    void close() {
        testEnds.countDown();
        lab.close();
    }

    private void use(Laboratory.Builder builder) {
        lab.close();
        lab = builder.sink(sink).build();
    }

    private Rest<String, String, String, IOException> plan(Fn<String, String, IOException> control,
            Fn<String, String, ?> candidate) {
        return lab.experiment("e").control(control).candidate("c", candidate);
    }

    private Experiment<String, String, IOException> experiment(Fn<String, String, IOException> control,
            Fn<String, String, ?> candidate) {
        return plan(control, candidate).build();
    }

    private Summary quiet(Experiment<?, ?, ?> experiment) {
        assertThat(lab.drain(LIMIT)).isTrue();
        Summary summary = experiment.summary();
        assertThat(summary.inFlight()).isZero();
        return summary;
    }

    private Finding onlyFinding() {
        assertThat(lab.drain(LIMIT)).isTrue();
        return sink.only().finding();
    }

    private String hang() throws InterruptedException {
        testEnds.await();
        return "late";
    }

    private String hangUninterruptibly() {
        while (true) {
            try {
                return hang();
            } catch (InterruptedException ignored) {
                // a candidate that does not yield
            }
        }
    }

    @Test
    void c004_checkedExceptionKeepsItsType() {
        Experiment<String, String, IOException> experiment = experiment(i -> {
            throw new IOException("control");
        }, i -> "candidate");

        boolean caught = false;
        try {
            experiment.call("x");
        } catch (IOException e) {
            caught = true;
        }
        assertThat(caught).isTrue();
    }

    @Test
    void c007_c018_controlAloneIsInertAndCountsNothing() throws IOException {
        Fn<String, String, IOException> control = i -> "control";
        Experiment<String, String, IOException> experiment = lab.experiment("e").control(control).build();

        assertThat(experiment.call("x")).isEqualTo("control");
        assertThat(quiet(experiment).counts().values()).containsOnly(0L);
        assertThat(sink.results()).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // what a caller without NullAway might do
    void c008_missingControlIsNamed() {
        assertThatNullPointerException().isThrownBy(() -> lab.experiment("e").control(null)).withMessage("control");
    }

    @Test
    void c009_sameNameTwiceIsRejectedByName() {
        experiment(i -> "a", i -> "a");

        assertThatIllegalArgumentException().isThrownBy(() -> experiment(i -> "a", i -> "a"))
                .withMessageContaining("'e'");
    }

    @Test
    void c011_controlRunsOnTheCallersThread() throws IOException {
        AtomicReference<Thread> control = new AtomicReference<>();
        AtomicReference<Thread> candidate = new AtomicReference<>();
        Experiment<String, String, IOException> experiment = experiment(i -> {
            control.set(Thread.currentThread());
            return "a";
        }, i -> {
            candidate.set(Thread.currentThread());
            return "a";
        });

        experiment.call("x");

        quiet(experiment);
        assertThat(control.get()).isSameAs(Thread.currentThread());
        assertThat(candidate.get()).isNotSameAs(control.get());
        assertThat(candidate.get().isDaemon()).isTrue();
    }

    @Test
    void c018_namingACandidateIsConsent() throws IOException {
        Experiment<String, String, IOException> experiment = experiment(i -> "a", i -> "a");

        experiment.call("x");

        assertThat(quiet(experiment).stage()).isEqualTo(Stage.SHADOW);
        assertThat(experiment.summary().runs()).isEqualTo(1);
    }

    @Test
    void c018_anUnknownExperimentIsOff() throws IOException {
        use(Laboratory.builder().stages(name -> null));
        Experiment<String, String, IOException> experiment = experiment(i -> "a", i -> "a");

        experiment.call("x");

        assertThat(quiet(experiment).stage()).isEqualTo(Stage.OFF);
        assertThat(experiment.summary().runs()).isZero();
    }

    @Test
    void c025_throwingStageSourceLeavesTheControlAlone() throws IOException {
        use(Laboratory.builder().stages(name -> {
            throw new IllegalStateException("stages");
        }));
        AtomicInteger candidates = new AtomicInteger();
        Experiment<String, String, IOException> experiment = experiment(i -> "control",
                i -> "" + candidates.incrementAndGet());

        assertThat(experiment.call("x")).isEqualTo("control");

        assertThat(quiet(experiment).count("gate_failed")).isEqualTo(1);
        assertThat(candidates).hasValue(0);
    }

    @Test
    void c033_c034_comparatorOfTwoTypesGetsControlAndCandidateOncePerRead() throws IOException {
        List<String> asked = new CopyOnWriteArrayList<>();
        Fn<String, String, IOException> control = i -> "1";
        Experiment<String, String, IOException> experiment = lab.experiment("e")
                .control(control)
                .candidate("c", i -> 2, Comparing.same((left, right) -> {
                    asked.add(left + " " + right);
                    return false;
                }))
                .recheck(Recheck.none())
                .build();

        experiment.call("x");

        assertThat(quiet(experiment).count("results_do_not_match")).isEqualTo(1);
        assertThat(asked).containsExactly("1 2", "1 2");
    }

    @Test
    void c039_noComparatorWhereASideThrew() {
        AtomicInteger compared = new AtomicInteger();
        Fn<String, String, IOException> control = i -> {
            throw new IOException("control");
        };
        Experiment<String, String, IOException> experiment = lab.experiment("e")
                .control(control)
                .candidate("c", i -> "a", Comparing.same((left, right) -> compared.incrementAndGet() > 0))
                .build();

        assertThatThrownBy(() -> experiment.call("x")).hasMessage("control");

        quiet(experiment);
        assertThat(compared).hasValue(0);
    }

    @Test
    void c040_c041_throwingComparatorIsItsOwnFinding() throws IOException {
        AssertionError thrown = new AssertionError("comparator");
        Fn<String, String, IOException> control = i -> "control";
        Experiment<String, String, IOException> experiment = lab.experiment("e")
                .control(control)
                .candidate("c", i -> "a", Comparing.same((left, right) -> {
                    throw thrown;
                }))
                .build();

        assertThat(experiment.call("x")).isEqualTo("control");

        assertThat(onlyFinding()).isEqualTo(new Finding.ComparisonFailed(Operation.COMPARE, thrown));
        assertThat(quiet(experiment).count("comparison_failed")).isEqualTo(1);
        assertThat(experiment.summary().count("results_do_not_match")).isZero();
    }

    @Test
    void c041_comparatorThatNeverEndsIsItsOwnFinding() throws IOException {
        VirtualTime time = new VirtualTime();
        use(Laboratory.builder().time(time));
        CountDownLatch begun = new CountDownLatch(1);
        Fn<String, String, IOException> control = i -> "control";
        Experiment<String, String, IOException> experiment = lab.experiment("e")
                .control(control)
                .candidate("c", i -> "a", Comparing.same((left, right) -> {
                    begun.countDown();
                    return hangUninterruptibly().isEmpty();
                }))
                .shadow(new Shadow.Detached(2, Duration.ofSeconds(1)))
                .build();

        assertThat(experiment.call("x")).isEqualTo("control");
        awaitQuietly(begun);
        time.advance(Duration.ofSeconds(1));

        assertThat(quiet(experiment).count("comparison_failed")).isEqualTo(1);
    }

    @Test
    void c044_callerMayChangeTheValueAfterwards() {
        Experiment<String, List<String>, RuntimeException> experiment = lab.experiment("e")
                .control((String i) -> listOf("a"))
                .candidate("c", i -> {
                    awaitQuietly(testEnds);
                    return List.of("a");
                }, Comparing.by(List<String>::size, List<String>::size))
                .shadow(new Shadow.Detached(4, LIMIT))
                .build();

        experiment.call("x").add("b");
        testEnds.countDown();

        assertThat(quiet(experiment).count("results_match")).isEqualTo(1);
    }

    @Test
    void c045_projectionErrorsAreReportedAndDurationsStay() throws IOException {
        IllegalStateException thrown = new IllegalStateException("projection");
        Fn<String, String, IOException> control = i -> "control";
        Experiment<String, String, IOException> experiment = lab.experiment("e")
                .control(control)
                .candidate("c", i -> "a", Comparing.by(value -> {
                    throw thrown;
                }, value -> value))
                .build();

        assertThat(experiment.call("x")).isEqualTo("control");

        assertThat(onlyFinding()).isEqualTo(new Finding.ComparisonFailed(Operation.PROJECT, thrown));
        assertThat(experiment.summary().controlDurations().count()).isEqualTo(1);
        assertThat(sink.only().control().duration()).isPositive();
    }

    @Test
    void c046_orderOfAnArrayCounts() {
        Comparing<Object, Object> comparing = Comparing.byValue();

        assertThat(comparing.judge(new int[]{1, 2}, new int[]{1, 2})).isEqualTo(Comparison.equal());
        assertThat(comparing.judge(new int[]{1, 2}, new int[]{2, 1})).isInstanceOf(Comparison.Differs.class);
    }

    @Test
    void c047_zerosAreEqualAndEmptyValuesAreNot() {
        Comparing<Object, Object> comparing = Comparing.byValue();

        assertThat(comparing.judge(0.0, -0.0)).isEqualTo(Comparison.equal());
        assertThat(comparing.judge(-0.0f, 0.0f)).isEqualTo(Comparison.equal());
        assertThat(comparing.judge(Double.NaN, Double.NaN)).isEqualTo(Comparison.equal());
        assertThat(comparing.judge(0.0, 1.0)).isInstanceOf(Comparison.Differs.class);
        assertThat(comparing.judge(1.0, 0.0)).isInstanceOf(Comparison.Differs.class);
        assertThat(comparing.judge(null, "")).isInstanceOf(Comparison.Differs.class);
        assertThat(comparing.judge("", "NULL")).isInstanceOf(Comparison.Differs.class);
    }

    @Test
    void c065_resultHoldsNameKeyAndObservations() throws IOException {
        Experiment<String, String, IOException> experiment = plan(i -> "control", i -> "candidate").key(String::length)
                .build();

        experiment.call("four");

        assertThat(onlyFinding()).isInstanceOf(Finding.Mismatch.class);
        Report.Result result = sink.only();
        assertThat(result.experiment()).isEqualTo("e");
        assertThat(result.candidate()).isEqualTo("c");
        assertThat(result.key()).isEqualTo(4);
        assertThat(result.control().outcome()).isEqualTo(new Outcome.Returned<>("control"));
        assertThat(result.observed().outcome()).isEqualTo(new Outcome.Returned<>("candidate"));
    }

    @Test
    void c066_publishedOncePerComparedRunCountedAlways() throws IOException {
        Experiment<String, String, IOException> experiment = plan(i -> "a", i -> i).shadow(
                new Shadow.Detached(1000, LIMIT)).build();

        for (int i = 0; i < 100; i++) {
            experiment.call(i % 2 == 0 ? "a" : "b");
        }

        assertThat(quiet(experiment).runs()).isEqualTo(100);
        assertThat(sink.results()).hasSize(100);
    }

    @Test
    void c068_c072_throwingSinksReachNoCallerAreCountedAndTheOthersHear() throws IOException {
        use(Laboratory.builder().sink(report -> {
            throw new AssertionError("first");
        }).sink(report -> {
            throw new IllegalStateException("second");
        }));
        Experiment<String, String, IOException> experiment = experiment(i -> "a", i -> "b");

        assertThat(experiment.call("x")).isEqualTo("a");

        quiet(experiment);
        assertThat(sink.results()).hasSize(1);
        assertThat(lab.health().sinkFailures()).isEqualTo(2);
    }

    @Test
    void c070_slowSinkDelaysNobodyAndOverflowIsCounted() throws IOException {
        use(Laboratory.builder().sink(report -> awaitQuietly(testEnds)));
        Experiment<String, String, IOException> experiment = plan(i -> "a", i -> "b").shadow(
                new Shadow.Detached(4000, LIMIT)).build();

        for (int i = 0; i < 4000; i++) {
            assertThat(experiment.call("x")).isEqualTo("a");
        }
        await().atMost(LIMIT).until(() -> experiment.summary().inFlight() == 0);

        assertThat(lab.drain(Duration.ofMillis(50))).isFalse();
        assertThat(lab.health().dropped()).isPositive();
        testEnds.countDown();
        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(sink.results().size() + lab.health().dropped()).isGreaterThanOrEqualTo(4000);
    }

    @Test
    void c074_sinksAreFixedAtBuild() throws IOException {
        RecordingSink late = new RecordingSink();
        Laboratory.Builder builder = Laboratory.builder();
        use(builder);
        builder.sink(late);

        experiment(i -> "a", i -> "b").call("x");

        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(sink.results()).hasSize(1);
        assertThat(late.results()).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // what a caller without NullAway might do
    void c074_nullSinkIsRejected() {
        assertThatNullPointerException().isThrownBy(() -> Laboratory.builder().sink(null)).withMessage("sink");
    }

    @Test
    void c087_c088_c089_c099_durationsAreThoseOfTheBehavioursAlone() throws IOException {
        VirtualTime time = new VirtualTime();
        use(Laboratory.builder().time(time));
        CountDownLatch candidateBegun = new CountDownLatch(1);
        CountDownLatch controlEnded = new CountDownLatch(1);
        Fn<String, String, IOException> control = i -> {
            awaitQuietly(candidateBegun);
            time.advance(Duration.ofMillis(30));
            return "a";
        };
        Experiment<String, String, IOException> experiment = lab.experiment("e")
                .control(control)
                .candidate("c", i -> {
                    candidateBegun.countDown();
                    awaitQuietly(controlEnded);
                    time.advance(Duration.ofMillis(5));
                    return "a";
                }, Comparing.same((left, right) -> {
                    time.advance(Duration.ofMillis(100));
                    return true;
                }))
                .shadow(new Shadow.Detached(4, Duration.ofHours(1)))
                .order(Order.CANDIDATE_FIRST)
                .build();

        experiment.call("x");
        controlEnded.countDown();

        quiet(experiment);
        assertThat(sink.only().control().duration()).isEqualTo(Duration.ofMillis(30));
        assertThat(sink.only().observed().duration()).isEqualTo(Duration.ofMillis(35));
        assertThat(experiment.summary().controlDurations().maxNanos()).isEqualTo(30_000_000);
        assertThat(experiment.summary().candidateDurations().maxNanos()).isEqualTo(35_000_000);
    }

    @Test
    void c091_maxInFlightIsHonoured() throws IOException {
        Experiment<String, String, IOException> experiment = plan(i -> "a", i -> hang()).shadow(
                new Shadow.Detached(3, LIMIT)).build();

        for (int i = 0; i < 10; i++) {
            assertThat(experiment.call("x")).isEqualTo("a");
        }

        assertThat(experiment.summary().count("shed")).isEqualTo(7);
        assertThat(experiment.summary().inFlight()).isEqualTo(3);
    }

    @Test
    void c091_nonsenseIsRejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Shadow.Detached(0, LIMIT));
        assertThatIllegalArgumentException().isThrownBy(() -> new Shadow.Detached(1, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> lab.experiment(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> Laboratory.builder().period(Duration.ZERO));
    }

    @Test
    void c093_c094_lateCandidateIsTimedOutInterruptedAndNothingElse() throws IOException {
        VirtualTime time = new VirtualTime();
        use(Laboratory.builder().time(time));
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        Experiment<String, String, IOException> experiment = plan(i -> "control", i -> {
            begun.countDown();
            try {
                return hang();
            } catch (InterruptedException e) {
                interrupted.set(true);
                throw e;
            }
        }).shadow(new Shadow.Detached(1, Duration.ofSeconds(1))).build();

        assertThat(experiment.call("x")).isEqualTo("control");
        awaitQuietly(begun);
        time.advance(Duration.ofMillis(999));
        assertThat(experiment.summary().inFlight()).isEqualTo(1);
        time.advance(Duration.ofMillis(1));

        Summary summary = quiet(experiment);
        assertThat(summary.count("candidate_timed_out")).isEqualTo(1);
        assertThat(summary.count("candidate_failed")).isEqualTo(1);
        assertThat(summary.count("both_failed")).isZero();
        await().atMost(LIMIT).untilTrue(interrupted);
    }

    @Test
    void c093_interruptOfALateCandidateDoesNotHitTheNextRun() throws IOException {
        VirtualTime time = new VirtualTime();
        use(Laboratory.builder().time(time));
        CountDownLatch begun = new CountDownLatch(1);
        Experiment<String, String, IOException> experiment = plan(i -> "a", i -> {
            if ("late".equals(i)) {
                begun.countDown();
                return hang();
            }
            return Thread.currentThread().isInterrupted() ? "interrupted" : "a";
        }).shadow(new Shadow.Detached(1, Duration.ofSeconds(1))).build();

        experiment.call("late");
        awaitQuietly(begun);
        time.advance(Duration.ofSeconds(1));
        await().atMost(LIMIT).until(() -> {
            experiment.call("x");
            return quiet(experiment).count("shed") < quiet(experiment).runs() - 1;
        });

        assertThat(experiment.summary().count("results_match")).isEqualTo(1);
        assertThat(experiment.summary().count("candidate_failed")).isEqualTo(1);
    }

    @Test
    void candidateThatInterruptsItselfDoesNotDisturbTheComparison() throws IOException {
        List<Boolean> interrupted = new CopyOnWriteArrayList<>();
        Fn<String, String, IOException> control = i -> "a";
        Experiment<String, String, IOException> experiment = lab.experiment("e").control(control).candidate("c", i -> {
            Thread.currentThread().interrupt();
            return "b";
        }, Comparing.same((left, right) -> {
            interrupted.add(Thread.currentThread().isInterrupted());
            return false;
        })).build();

        experiment.call("x");

        quiet(experiment);
        assertThat(interrupted).containsExactly(false, false);
    }

    @Test
    void c093_stuckWorkersShedWhatWaitsForThemOnceTheDeadlineHasPassed() throws IOException {
        VirtualTime time = new VirtualTime();
        use(Laboratory.builder().time(time));
        CountDownLatch begun = new CountDownLatch(4);
        Experiment<String, String, IOException> experiment = plan(i -> "a", i -> {
            begun.countDown();
            return hangUninterruptibly();
        }).shadow(new Shadow.Detached(10, Duration.ofSeconds(1))).build();

        for (int i = 0; i < 10; i++) {
            experiment.call("x");
        }
        awaitQuietly(begun);
        await().atMost(LIMIT).until(() -> time.pending() == 6);
        time.advance(Duration.ofSeconds(1));
        time.advance(Duration.ofSeconds(1));

        Summary summary = quiet(experiment);
        assertThat(summary.count("candidate_timed_out")).isEqualTo(4);
        assertThat(summary.count("shed")).isEqualTo(6);
        assertThat(experiment.call("x")).isEqualTo("a");
        assertThat(quiet(experiment).count("shed")).isEqualTo(7);
    }

    @Test
    void c095_cancelledBeforeItsStartACandidateIsNotRunAndTheValueIsReturned() throws IOException {
        AtomicInteger candidates = new AtomicInteger();
        CountDownLatch busy = new CountDownLatch(1);
        Experiment<String, String, IOException> experiment = plan(i -> {
            if ("second".equals(i)) {
                Thread.currentThread().interrupt();
            }
            return "a";
        }, i -> {
            candidates.incrementAndGet();
            awaitQuietly(busy);
            return "a";
        }).shadow(new Shadow.Detached(5, LIMIT)).build();
        for (int i = 0; i < 4; i++) {
            experiment.call("x");
        }
        await().atMost(LIMIT).until(() -> candidates.get() == 4);

        assertThat(experiment.call("second")).isEqualTo("a");
        assertThat(Thread.interrupted()).isTrue();
        busy.countDown();

        assertThat(quiet(experiment).count("cancelled")).isEqualTo(1);
        assertThat(candidates).hasValue(4);
    }

    @Test
    void c096_interruptedCallerKeepsItsFlagAndItsCandidateIsCancelled() throws IOException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Experiment<String, String, IOException> experiment = plan(i -> {
            awaitQuietly(begun);
            Thread.currentThread().interrupt();
            return "control";
        }, i -> {
            begun.countDown();
            try {
                return hang();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }).shadow(new Shadow.Detached(1, LIMIT)).order(Order.CANDIDATE_FIRST).build();

        assertThat(experiment.call("x")).isEqualTo("control");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(quiet(experiment).count("cancelled")).isEqualTo(1);
        awaitQuietly(interrupted);
    }

    @Test
    void c097_contextReachesTheCandidateAndGoesAgain() throws IOException {
        use(Laboratory.builder().propagate(ContextPropagator.mdc()));
        List<String> seen = new CopyOnWriteArrayList<>();
        Experiment<String, String, IOException> experiment = plan(i -> "a", i -> {
            seen.add(String.valueOf(MDC.get("trace")));
            return "a";
        }).shadow(new Shadow.Detached(4, LIMIT)).build();

        MDC.put("trace", "t-1");
        experiment.call("x");
        MDC.remove("trace");
        quiet(experiment);
        experiment.call("x");

        quiet(experiment);
        assertThat(seen).containsExactly("t-1", "null");
    }

    @Test
    void c097_candidateMayGetASpanOfItsOwn() throws IOException {
        ThreadLocal<String> span = ThreadLocal.withInitial(() -> "none");
        List<String> ended = new CopyOnWriteArrayList<>();
        use(Laboratory.builder().propagate(() -> {
            String callers = span.get();
            return () -> {
                span.set("shadow of " + callers);
                return () -> {
                    ended.add(span.get());
                    span.remove();
                };
            };
        }));
        List<String> seen = new CopyOnWriteArrayList<>();
        Experiment<String, String, IOException> experiment = plan(i -> span.get(), i -> {
            seen.add(span.get());
            return "t-1";
        }).shadow(new Shadow.Detached(4, LIMIT)).build();

        span.set("t-1");
        assertThat(experiment.call("x")).isEqualTo("t-1");

        quiet(experiment);
        assertThat(seen).containsExactly("shadow of t-1");
        assertThat(ended).containsExactly("shadow of t-1");
        assertThat(span.get()).as("the caller's is untouched").isEqualTo("t-1");
    }

    @Test
    void c097_throwingPropagatorDoesNoHarm() throws IOException {
        use(Laboratory.builder().propagate(() -> {
            throw new AssertionError("propagator");
        }));
        Experiment<String, String, IOException> experiment = experiment(i -> "a", i -> "a");

        experiment.call("x");

        assertThat(quiet(experiment).count("results_match")).isEqualTo(1);
    }

    @Test
    void c098_c102_withoutDataTheSummarySaysSoAndTheVerdictIsBlocked() {
        Summary summary = experiment(i -> "a", i -> "a").summary();

        assertThat(summary.counts().values()).containsOnly(0L);
        assertThat(summary.controlDurations()).isEqualTo(new Summary.Durations(0, 0, 0, 0, 0));
        assertThat(summary.assessment().orElseThrow().verdict()).isInstanceOfSatisfying(Verdict.Blocked.class,
                blocked -> assertThat(blocked.why()).isEqualTo(Verdict.Why.NO_DATA));
    }

    @Test
    void c113_differenceGoneAtTheSecondReadIsAMatch() throws IOException {
        AtomicInteger reads = new AtomicInteger();
        Experiment<String, String, IOException> experiment = experiment(i -> "new",
                i -> reads.getAndIncrement() == 0 ? "old" : "new");

        experiment.call("x");

        Summary summary = quiet(experiment);
        assertThat(onlyFinding()).isEqualTo(new Finding.Match(true));
        assertThat(summary.count("results_match")).isEqualTo(1);
        assertThat(summary.count("matched_after_control")).isEqualTo(1);
        assertThat(reads).hasValue(2);
    }

    @Test
    void c114_differenceThatStaysIsExplainedByTheVersions() {
        AtomicReference<Versioned> cached = new AtomicReference<>(new Versioned("HIGH", 6));
        Experiment<String, Versioned, RuntimeException> experiment = lab.experiment("e")
                .control((String i) -> new Versioned("NORMAL", 7))
                .candidate("c", i -> cached.get(), Comparing.by(Versioned::value, Versioned::value))
                .versions(Versioned::version, Versioned::version)
                .freshness(value -> Duration.ofMillis(40))
                .recheck(Recheck.none())
                .build();

        for (long version : new long[]{6, 8, 7, -1}) {
            cached.set(new Versioned("HIGH", version));
            experiment.call("x");
            quiet(experiment);
        }
        await("all are settled").atMost(LIMIT).until(() -> experiment.summary().count("rechecking") == 0);

        Summary summary = experiment.summary();
        assertThat(summary.count("stale")).isEqualTo(1);
        assertThat(summary.count("candidate_ahead")).isEqualTo(1);
        assertThat(summary.count("diverged")).isEqualTo(2);
        assertThat(summary.count("results_do_not_match")).isEqualTo(4);
        Report.Result first = sink.results().getFirst();
        assertThat(first.cause()).isEqualTo(Cause.STALE);
        assertThat(first.control().version()).isEqualTo(7);
        assertThat(first.observed().version()).isEqualTo(6);
        assertThat(first.observed().staleness()).isEqualTo(Duration.ofMillis(40));
    }

    @Test
    void secondReadThatFailsIsAFailedCandidate() throws IOException {
        VirtualTime time = new VirtualTime();
        use(Laboratory.builder().time(time));
        CountDownLatch hanging = new CountDownLatch(1);
        AtomicInteger reads = new AtomicInteger();
        Experiment<String, String, IOException> experiment = plan(i -> "a", i -> {
            if (reads.getAndIncrement() == 0) {
                return "b";
            }
            if ("throw".equals(i)) {
                throw new IllegalStateException("second");
            }
            hanging.countDown();
            return hang();
        }).shadow(new Shadow.Detached(4, Duration.ofSeconds(1))).build();

        experiment.call("throw");
        quiet(experiment);
        reads.set(0);
        experiment.call("hang");
        awaitQuietly(hanging);
        time.advance(Duration.ofSeconds(1));

        Summary summary = quiet(experiment);
        assertThat(summary.count("candidate_failed")).isEqualTo(2);
        assertThat(summary.count("candidate_timed_out")).isEqualTo(1);
    }

    @Test
    void incomparableIsNeitherMatchNorMismatch() throws IOException {
        Fn<String, String, IOException> control = i -> "a";
        Experiment<String, String, IOException> experiment = lab.experiment("e")
                .control(control)
                .candidate("c", i -> "unknown", Comparing.reasons((left, right) -> Comparison.incomparable("starting")))
                .build();

        experiment.call("x");

        assertThat(quiet(experiment).count("incomparable")).isEqualTo(1);
        assertThat(onlyFinding()).isEqualTo(new Finding.Incomparable("starting"));
    }

    @Test
    void throwingVersionFreshnessAndKeyCountAsUnknown() throws IOException {
        Experiment<String, String, IOException> experiment = plan(i -> "a", i -> "b").versions(value -> {
            throw new AssertionError("control version");
        }, value -> {
            throw new AssertionError("candidate version");
        }).freshness(value -> {
            throw new AssertionError("freshness");
        }).key(input -> {
            throw new AssertionError("key");
        }).recheck(Recheck.none()).build();

        assertThat(experiment.call("x")).isEqualTo("a");

        assertThat(quiet(experiment).count("diverged")).isEqualTo(1);
        assertThat(sink.only().key()).isEqualTo("x");
        assertThat(sink.only().observed().version()).isNegative();
    }

    @Test
    void closeCancelsWhatIsInFlightAndLeavesTheControl() throws IOException {
        Experiment<String, String, IOException> experiment = plan(i -> "a", i -> hangUninterruptibly()).shadow(
                new Shadow.Detached(8, LIMIT)).build();
        for (int i = 0; i < 8; i++) {
            experiment.call("x");
        }

        lab.close();
        lab.close();

        assertThat(experiment.summary().count("cancelled")).isEqualTo(8);
        assertThat(experiment.summary().inFlight()).isZero();
        assertThat(experiment.call("x")).isEqualTo("a");
        assertThat(experiment.summary().runs()).isEqualTo(8);
    }

    @Test
    void threadsAreBoundedDaemonsAndEndWithTheLaboratory() throws IOException {
        Set<Thread> workers = ConcurrentHashMap.newKeySet();
        List<Laboratory> labs = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Laboratory one = Laboratory.create();
            labs.add(one);
            Experiment<String, String, RuntimeException> experiment = one.experiment("e")
                    .control((String input) -> "a")
                    .candidate("c", input -> {
                        workers.add(Thread.currentThread());
                        return "a";
                    })
                    .build();
            for (int j = 0; j < 10; j++) {
                experiment.call("x");
            }
            assertThat(one.drain(LIMIT)).isTrue();
        }
        assertThat(workers).hasSizeLessThanOrEqualTo(400).allMatch(Thread::isDaemon);

        labs.forEach(Laboratory::close);

        await().atMost(LIMIT).until(() -> workers.stream().noneMatch(Thread::isAlive));
    }

    private static List<String> listOf(String only) {
        return new ArrayList<>(List.of(only));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
