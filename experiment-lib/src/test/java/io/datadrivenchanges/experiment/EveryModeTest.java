package io.datadrivenchanges.experiment;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.datadrivenchanges.experiment.testing.RecordingSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What must hold inline, detached, asynchronously and as a trial. The numbers are those of the conformance list.
class EveryModeTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final RecordingSink sink = new RecordingSink();
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.SHADOW);
    private final Laboratory lab = Laboratory.builder().sink(sink).stages(name -> stage.get()).build();

    @AfterEach
    void close() {
        lab.close();
    }

    private Summary quiet() {
        assertThat(lab.drain(LIMIT)).isTrue();
        Summary summary = lab.summaries().getFirst();
        assertThat(summary.inFlight()).isZero();
        return summary;
    }

    private Finding onlyFinding() {
        assertThat(lab.drain(LIMIT)).isTrue();
        return sink.only().finding();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c001_c002_callerGetsTheControlsVeryObject(Mode mode) throws Exception {
        Object value = new Object();

        Object answer = mode.experiment(lab, input -> value, input -> new Object()).call("x");

        assertThat(answer).isSameAs(value);
        assertThat(quiet().count("results_do_not_match")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c003_c004_callerGetsTheControlsVeryExceptionOfItsType(Mode mode) {
        IOException thrown = new IOException("control");
        Fn<String, @Nullable Object, Exception> experiment = mode.experiment(lab, input -> {
            throw thrown;
        }, input -> "candidate");

        assertThatThrownBy(() -> experiment.call("x")).isSameAs(thrown);
        assertThat(onlyFinding()).isEqualTo(new Finding.ControlFailed(thrown));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c005_bothThrewAndTheCallerSeesTheControls(Mode mode) {
        Error thrown = new AssertionError("control");
        Fn<String, @Nullable Object, Exception> experiment = mode.experiment(lab, input -> {
            throw thrown;
        }, input -> {
            throw new IllegalStateException("candidate");
        });

        assertThatThrownBy(() -> experiment.call("x")).isSameAs(thrown);
        assertThat(quiet().count("both_failed")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c006_c032_nullOfTheControlIsReturnedAndIsAValue(Mode mode) throws Exception {
        AtomicReference<@Nullable Object> candidate = new AtomicReference<>();
        Fn<String, @Nullable Object, Exception> experiment = mode.experiment(lab, input -> null,
                input -> candidate.get());

        assertThat(experiment.call("x")).isNull();
        assertThat(quiet().count("results_match")).isEqualTo(1);
        candidate.set("value");
        assertThat(experiment.call("x")).isNull();

        assertThat(quiet().count("results_do_not_match")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c010_controlRunsOncePerCall(Mode mode) throws Exception {
        AtomicInteger calls = new AtomicInteger();

        mode.experiment(lab, input -> calls.incrementAndGet(), input -> "other").call("x");

        quiet();
        assertThat(calls).hasValue(1);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c011_controlRunsOnTheCallersThread(Mode mode) throws Exception {
        AtomicReference<Thread> control = new AtomicReference<>();

        mode.experiment(lab, input -> {
            control.set(Thread.currentThread());
            return "a";
        }, input -> "a").call("x");

        assertThat(control).hasValue(Thread.currentThread());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c012_c013_candidatesExceptionIsRecordedAndStaysAway(Mode mode) throws Exception {
        IllegalStateException thrown = new IllegalStateException("candidate");

        Object answer = mode.experiment(lab, input -> "control", input -> {
            throw thrown;
        }).call("x");

        assertThat(answer).isEqualTo("control");
        assertThat(onlyFinding())
                .isEqualTo(new Finding.CandidateFailed(new Outcome.Threw<>(thrown), false));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c014_throwingIsNotTheSameAsNull(Mode mode) throws Exception {
        mode.experiment(lab, input -> null, input -> {
            throw new IllegalStateException("candidate");
        }).call("x");

        assertThat(quiet().count("candidate_failed")).isEqualTo(1);
        assertThat(sink.only().observed().outcome()).isInstanceOf(Outcome.Threw.class);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c015_everyThrowableOfTheCandidateIsContained(Mode mode) throws Exception {
        List<Throwable> all = List.of(new AssertionError("a"), new StackOverflowError(), new LinkageError(),
                new Throwable("bare"), new ThreadDeathLike(), new OutOfMemoryError("made up"));
        AtomicInteger next = new AtomicInteger();
        Fn<String, @Nullable Object, Exception> experiment = mode.experiment(lab, input -> "control",
                input -> sneak(all.get(next.getAndIncrement())));

        for (int i = 0; i < all.size(); i++) {
            assertThat(experiment.call("x")).isEqualTo("control");
            assertThat(lab.drain(LIMIT)).isTrue();
        }

        assertThat(quiet().count("candidate_failed")).isEqualTo(all.size());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c019_c020_disabledMeansControlAloneAndNothingPublished(Mode mode) throws Exception {
        AtomicInteger candidates = new AtomicInteger();
        Fn<String, @Nullable Object, Exception> experiment = mode.experiment(lab, input -> "control",
                input -> candidates.incrementAndGet());

        lab.enabled(false);
        assertThat(experiment.call("x")).isEqualTo("control");
        lab.enabled(true);
        stage.set(Stage.OFF);
        assertThat(experiment.call("x")).isEqualTo("control");

        assertThat(quiet().counts().values()).containsOnly(0L);
        assertThat(candidates).hasValue(0);
        assertThat(sink.results()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c021_disabledControlsExceptionPassesUnpublished(Mode mode) {
        IOException thrown = new IOException("control");
        Fn<String, @Nullable Object, Exception> experiment = mode.experiment(lab, input -> {
            throw thrown;
        }, input -> "a");
        lab.enabled(false);

        assertThatThrownBy(() -> experiment.call("x")).isSameAs(thrown);
        assertThat(quiet().runs()).isZero();
        assertThat(sink.results()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c028_killSwitchReachesExistingExperiments(Mode mode) throws Exception {
        Fn<String, @Nullable Object, Exception> experiment = mode.experiment(lab, input -> "a", input -> "a");

        experiment.call("x");
        lab.enabled(false);
        experiment.call("x");
        lab.enabled(true);
        experiment.call("x");

        assertThat(quiet().runs()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c031_equalMatchesAndUnequalDoesNot(Mode mode) throws Exception {
        Fn<String, @Nullable Object, Exception> experiment = mode.experiment(lab, input -> "a", input -> input);

        experiment.call("a");
        experiment.call("b");

        assertThat(quiet().count("results_match")).isEqualTo(1);
        assertThat(quiet().count("results_do_not_match")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c035_c036_c037_errorsAreAlikeByClassAndMessage(Mode mode) {
        Fn<String, @Nullable Object, Exception> experiment = mode.experiment(lab, input -> {
            throw new IOException("same");
        }, input -> switch (input) {
            case "alike" -> throw new IOException("same");
            case "message" -> throw new IOException("other");
            case "class" -> throw new IllegalStateException("same");
            default -> "returned";
        });

        for (String input : List.of("alike", "message", "class", "returned")) {
            assertThatThrownBy(() -> experiment.call(input)).hasMessage("same");
        }

        Summary summary = quiet();
        assertThat(summary.count("results_match")).isEqualTo(1);
        assertThat(summary.count("both_failed")).isEqualTo(2);
        assertThat(summary.count("candidate_failed")).isEqualTo(2);
        assertThat(summary.count("control_failed")).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void c066_c067_publishedOncePerComparedRunAlsoIfTheControlThrew(Mode mode) {
        Fn<String, @Nullable Object, Exception> experiment = mode.experiment(lab, input -> {
            throw new IOException("control");
        }, input -> "a");

        for (int i = 0; i < 200; i++) {
            assertThatThrownBy(() -> experiment.call("x")).hasMessage("control");
            assertThat(lab.drain(LIMIT)).isTrue();
        }

        assertThat(sink.results()).hasSize(200);
    }

    /// As `ThreadDeath` was, which is gone.
    private static final class ThreadDeathLike extends Error {}

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> Object sneak(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
