package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.datadrivenchanges.experiment.testing.RecordingSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What is kept of a run, and who gets it: cleaning, context, sinks, hooks. The numbers are those of the conformance list.
class KeptTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final RecordingSink sink = new RecordingSink();
    private final Laboratory lab = Laboratory.builder().sink(sink).context("build", "1").build();

    @AfterEach
    void close() {
        lab.close();
    }

    private Rest<String, Object, Object, RuntimeException> inline(Object control, Object candidate) {
        return lab.experiment("e")
                .control((String input) -> control)
                .candidate("c", input -> candidate)
                .shadow(new Shadow.Inline());
    }

    private Report.Result only() {
        assertThat(lab.drain(LIMIT)).isTrue();
        return sink.only();
    }

    private static Difference difference(Report.Result result) {
        assertThat(result.finding()).isInstanceOf(Finding.Mismatch.class);
        return ((Finding.Mismatch) result.finding()).why().paths().getFirst();
    }

    @Test
    void drainWaitsUntilWhatAMismatchWasIsKept() {
        CountDownLatch keeping = new CountDownLatch(1);
        CountDownLatch kept = new CountDownLatch(1);
        try (Laboratory quiet = Laboratory.create()) {
            Experiment<String, String, RuntimeException> experiment = quiet.experiment("e")
                    .control((String input) -> "a")
                    .candidate("c", input -> "b")
                    .recheck(Recheck.none())
                    .versions(value -> 1, value -> 1)
                    .cohort(input -> {
                        keeping.countDown();
                        await(kept);
                        return "all";
                    })
                    .build();
            experiment.call("x");
            await(keeping);
            assertThat(experiment.summary().count("results_do_not_match")).isEqualTo(1);

            assertThat(quiet.drain(Duration.ofMillis(200))).isFalse();
            kept.countDown();

            assertThat(quiet.drain(LIMIT)).isTrue();
            assertThat(quiet.evidence("e")).hasSize(1);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void c055_withoutACleanerValuesAreKeptAsTheyAre() {
        inline("secret", "other").build().call("x");

        assertThat(only().control().outcome()).isEqualTo(new Outcome.Returned<>("secret"));
    }

    @Test
    void c056_cleaningIsLazy() {
        AtomicInteger cleaned = new AtomicInteger();
        Experiment<String, Object, RuntimeException> experiment = inline("a", "a").published(false).clean(value -> {
            cleaned.incrementAndGet();
            return value;
        }).build();

        experiment.call("x");

        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(cleaned).hasValue(0);
    }

    @Test
    void c057_throwingCleanerShowsTheMarkerNeverTheValue() {
        inline("secret", "hidden").clean(value -> {
            throw new AssertionError("cleaner");
        }).build().call("x");

        assertThat(only().toString()).contains("[redacted]").doesNotContain("secret", "hidden");
    }

    @Test
    void c058_falseAndZeroAreCleanedAndNullIsNotPassedIn() {
        List<Object> passed = new CopyOnWriteArrayList<>();
        Fn<Integer, Object, RuntimeException> control = input -> input == 0 ? false : 0;
        Experiment<Integer, Object, RuntimeException> experiment = lab.experiment("e")
                .control(control)
                .candidate("c", input -> nothing())
                .shadow(new Shadow.Inline())
                .clean(value -> {
                    passed.add(value);
                    return "clean";
                })
                .build();

        experiment.call(0);
        experiment.call(1);

        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(passed).contains(false, 0).doesNotContainNull();
        assertThat(sink.results()).allSatisfy(
                result -> assertThat(result.control().outcome()).isEqualTo(new Outcome.Returned<>("clean")));
    }

    @Test
    void c059_differencesShowCleanedValues() {
        inline("secret", "hidden").clean(value -> "***").build().call("x");

        assertThat(difference(only())).isEqualTo(new Difference("value", "***", "***"));
    }

    @Test
    void keyOfTheInputIsCleanedLikeTheValues() {
        inline("secret", "hidden").clean(value -> "***").build().call("courier of that name");

        assertThat(only().key()).isEqualTo("***");
    }

    @Test
    void c060_c061_contextsMergeAndThatOfAnObservationLiesOver() {
        inline("a", "b").context("node", "n1").observationContext("node", "n2").build().call("x");

        Report.Result result = only();
        assertThat(result.context()).isEqualTo(Map.of("build", "1", "node", "n1"));
        assertThat(result.control().context()).isEqualTo(Map.of("build", "1", "node", "n1"));
        assertThat(result.observed().context()).isEqualTo(Map.of("build", "1", "node", "n2"));
    }

    @Test
    void c062_duplicateContextKeyIsRejected() {
        assertThatIllegalArgumentException().isThrownBy(() -> inline("a", "b").context("build", "2"))
                .withMessageContaining("'build'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> inline("a", "b").observationContext("n", "1").observationContext("n", "2"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Laboratory.builder().context("k", "1").context("k", "1"));
    }

    @Test
    void c063_noContextIsEmpty() {
        RecordingSink own = new RecordingSink();
        try (Laboratory bare = Laboratory.builder().sink(own).build()) {
            bare.experiment("e")
                    .control((String input) -> "a")
                    .candidate("c", input -> "b")
                    .shadow(new Shadow.Inline())
                    .build()
                    .call("x");
            assertThat(bare.drain(LIMIT)).isTrue();
        }

        assertThat(own.only().context()).isEmpty();
        assertThat(own.only().observed().context()).isEmpty();
    }

    @Test
    void c064_resultsCannotBeChanged() {
        inline("a", "b").build().call("x");

        Report.Result result = only();
        assertThatThrownBy(() -> result.context().put("k", "v")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((Finding.Mismatch) result.finding()).why().paths().clear())
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(Report.Result.class.isRecord()).isTrue();
    }

    @Test
    void cohortAndStageAreKept() {
        inline("a", "b").cohort(input -> "night").build().call("x");

        assertThat(only().cohort()).isEqualTo("night");
        assertThat(only().stage()).isEqualTo(Stage.SHADOW);
    }

    @Test
    void throwingCohortIsNone() {
        inline("a", "b").cohort(input -> {
            throw new AssertionError("cohort");
        }).build().call("x");

        assertThat(only().cohort()).isNull();
    }

    @Test
    void c071_sinkFailureIsCountedOnceAndTheNextReportIsHandedOut() {
        List<Report> heard = new CopyOnWriteArrayList<>();
        try (Laboratory own = Laboratory.builder().sink(report -> {
            heard.add(report);
            if (heard.size() == 1) {
                throw new AssertionError("sink");
            }
        }).build()) {
            Experiment<String, String, RuntimeException> experiment = own.experiment("e")
                    .control((String input) -> "a")
                    .candidate("c", input -> "b")
                    .shadow(new Shadow.Inline())
                    .build();

            experiment.call("x");
            experiment.call("x");

            assertThat(own.drain(LIMIT)).isTrue();
            assertThat(heard).hasSize(2);
            assertThat(own.health().sinkFailures()).isEqualTo(1);
        }
    }

    @Test
    void c073_publishingCanBeWithheld() {
        Experiment<String, Object, RuntimeException> experiment = inline("a", "b").published(false).build();

        experiment.call("x");

        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(sink.results()).isEmpty();
        assertThat(experiment.summary().count("results_do_not_match")).isEqualTo(1);
    }

    @Test
    void c075_c077_hooksRunFirstAndLastAndOnlyIfCompared() {
        List<String> order = new CopyOnWriteArrayList<>();
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e").control((String input) -> {
            order.add("control");
            return "a";
        }).candidate("c", input -> {
            order.add("candidate");
            return "a";
        })
                .shadow(new Shadow.Inline())
                .beforeRun(input -> order.add("before " + input))
                .afterRun(result -> order.add("after " + result.finding()))
                .build();

        experiment.call("x");
        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(order).containsExactly("before x", "candidate", "control", "after " + new Finding.Match(false));
        order.clear();
        experiment.call("x", Sampling.SKIP);

        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(order).containsExactly("control");
    }

    @Test
    void c075_hooksOfAllCandidatesPrecedeAllBehaviours() {
        List<String> order = new CopyOnWriteArrayList<>();
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> "a")
                .candidate("first", input -> order.add("first") ? "a" : "b")
                .shadow(new Shadow.Inline())
                .beforeRun(input -> order.add("before first"))
                .candidate("second", input -> order.add("second") ? "a" : "b")
                .shadow(new Shadow.Inline())
                .beforeRun(input -> order.add("before second"))
                .build();

        experiment.call("x");

        assertThat(order.subList(0, 2)).containsExactlyInAnyOrder("before first", "before second");
        assertThat(order).hasSize(4);
    }

    @Test
    void c076_throwingHooksDoNoHarm() throws InterruptedException {
        CountDownLatch after = new CountDownLatch(1);
        for (Shadow mode : List.of(new Shadow.Inline(), new Shadow.Detached(1, LIMIT))) {
            AtomicInteger candidates = new AtomicInteger();
            Experiment<String, String, RuntimeException> experiment = lab.experiment("e" + mode)
                    .control((String input) -> "a")
                    .candidate("c", input -> "a" + candidates.incrementAndGet())
                    .shadow(mode)
                    .beforeRun(input -> {
                        if ("before".equals(input)) {
                            throw new AssertionError("before");
                        }
                    })
                    .afterRun(result -> {
                        after.countDown();
                        throw new AssertionError("after");
                    })
                    .build();

            assertThat(experiment.call("before")).isEqualTo("a");
            assertThat(lab.drain(LIMIT)).isTrue();
            assertThat(candidates).hasValue(0);
            assertThat(experiment.summary().count("gate_failed")).isEqualTo(1);
            assertThat(experiment.call("after")).isEqualTo("a");
            after.await();
            assertThat(lab.drain(LIMIT)).isTrue();
            assertThat(experiment.summary().count("results_do_not_match")).isEqualTo(1);
        }
    }

    @SuppressWarnings("NullAway") // a candidate may return null; the test is not about how that is annotated
    private static Object nothing() {
        return null;
    }
}
