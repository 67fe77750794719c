package io.datadrivenchanges.experiment;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.datadrivenchanges.experiment.testing.RecordingSink;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

/// Who answers at which stage. The numbers are those of the conformance list.
class StagesTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final AtomicReference<@Nullable Stage> stage = new AtomicReference<>(Stage.LIVE);
    private final AtomicInteger percent = new AtomicInteger(10);
    private final AtomicInteger controls = new AtomicInteger();
    private final AtomicInteger candidates = new AtomicInteger();
    private final RecordingSink sink = new RecordingSink();
    private Laboratory lab = Laboratory.builder().sink(sink).stages(new Stages()).build();

    private record Cached(String value, boolean fresh) {}

    private final class Stages implements StageSource {
        @Override
        public @Nullable Stage stage(String experiment) {
            return stage.get();
        }

        @Override
        public int canaryPercent(String experiment) {
            return percent.get();
        }
    }

    @AfterEach
    void close() {
        lab.close();
    }

    /// The candidate misbehaves as the input says.
    private Rest<String, String, Cached, IOException> plan() {
        Fn<String, String, IOException> control = input -> {
            controls.incrementAndGet();
            if (input.contains("control throws")) {
                throw new IOException("control");
            }
            return "control";
        };
        return lab.experiment("e").control(control).candidate("cache", input -> {
            candidates.incrementAndGet();
            if (input.contains("candidate throws")) {
                throw new IllegalStateException("candidate");
            }
            if (input.contains("candidate fails")) {
                throw new AssertionError("candidate");
            }
            return new Cached("candidate", !input.contains("stale"));
        }, Comparing.reasons((left, right) -> right.fresh()
                ? Comparison.differs("value", left, right.value())
                : Comparison.incomparable("stale"))).shadow(new Shadow.Inline());
    }

    private Rest<String, String, Cached, IOException> serving() {
        return plan().serve(
                cached -> cached.fresh() ? new Served.Value<>(cached.value()) : new Served.Fallback<>("stale"));
    }

    private Summary quiet(Experiment<?, ?, ?> experiment) {
        assertThat(lab.drain(LIMIT)).isTrue();
        return experiment.summary();
    }

    @Test
    void c104_c105_originIsAsTheStageSays() throws IOException {
        Experiment<String, String, IOException> experiment = serving().build();
        percent.set(100);

        for (Stage now : Stage.values()) {
            stage.set(now);
            Answer<String> answer = experiment.answer("x");

            boolean control = now == Stage.OFF || now == Stage.SHADOW;
            assertThat(answer).isEqualTo(new Answer<>(control ? "control" : "candidate",
                    control ? Answer.Origin.CONTROL : Answer.Origin.CANDIDATE, now, null));
            assertThat(experiment.call("x")).isEqualTo(answer.value());
        }
    }

    @Test
    void c104_canaryIsAShareOfTheKeysAndAlwaysTheSame() throws IOException {
        Experiment<String, String, IOException> experiment = serving().key(Long::parseLong)
                .sampler(Sampler.never())
                .build();
        stage.set(Stage.CANARY);
        percent.set(30);
        int keys = 10_000;

        int first = 0;
        for (int i = 0; i < keys; i++) {
            Answer.Origin origin = experiment.answer(String.valueOf(i)).origin();
            assertThat(experiment.answer(String.valueOf(i)).origin()).isEqualTo(origin);
            first += origin == Answer.Origin.CANDIDATE ? 1 : 0;
        }

        // Five standard deviations of 46.
        assertThat(first).isCloseTo(3_000, within(230));
    }

    @Test
    void c104_canaryOfZeroIsNobodyAndOfAHundredEverybody() throws IOException {
        Experiment<String, String, IOException> experiment = serving().sampler(Sampler.never()).build();
        stage.set(Stage.CANARY);

        for (int i = 0; i < 1_000; i++) {
            percent.set(0);
            assertThat(experiment.call("k" + i)).isEqualTo("control");
            percent.set(100);
            assertThat(experiment.call("k" + i)).isEqualTo("candidate");
        }
    }

    @Test
    void c104_liveComparesASampleBehindTheCaller() throws IOException {
        Experiment<String, String, IOException> experiment = serving().sampler(Sampler.always()).build();

        assertThat(experiment.call("x")).isEqualTo("candidate");

        assertThat(quiet(experiment).count("results_do_not_match")).isEqualTo(1);
        assertThat(controls).hasValue(1);
        assertThat(sink.only().stage()).isEqualTo(Stage.LIVE);
        assertThat(sink.only().control().outcome()).isEqualTo(new Outcome.Returned<>("control"));
    }

    @Test
    void c104_liveAsksTheControlSeldomUnlessASamplerIsGiven() throws IOException {
        Experiment<String, String, IOException> experiment = serving().build();

        for (int i = 0; i < 2_000; i++) {
            experiment.call("x");
        }

        assertThat(quiet(experiment).count("sampled_out")).isGreaterThan(1_900);
        assertThat(experiment.summary().runs()).isEqualTo(2_000);
        assertThat(controls).hasValueLessThan(100);
    }

    @Test
    void c104_missStaleAndErrorFallBackToTheControl() throws IOException {
        Experiment<String, String, IOException> experiment = serving().build();

        assertThat(experiment.answer("stale"))
                .isEqualTo(new Answer<>("control", Answer.Origin.CONTROL, Stage.LIVE, "stale"));
        assertThat(experiment.answer("candidate throws").fallback()).isEqualTo("error");
        assertThat(experiment.answer("candidate fails").fallback()).isEqualTo("error");

        Summary summary = quiet(experiment);
        assertThat(summary.count("incomparable")).isEqualTo(1);
        assertThat(summary.count("candidate_failed")).isEqualTo(2);
        assertThat(controls).hasValue(3);
        assertThat(candidates).hasValue(3);
    }

    @Test
    void throwingServeFallsBack() throws IOException {
        Experiment<String, String, IOException> experiment = plan().serve(cached -> {
            throw new AssertionError("serve");
        }).build();

        assertThat(experiment.answer("x").fallback()).isEqualTo("error");
    }

    @Test
    void fallbackThatFailsIsTheControlsException() {
        Experiment<String, String, IOException> experiment = serving().build();

        assertThatThrownBy(() -> experiment.call("stale, control throws")).isInstanceOf(IOException.class)
                .hasMessage("control");
    }

    @Test
    void c017_c104_completeIsTheCandidateAlone() throws IOException {
        Experiment<String, String, IOException> experiment = serving().build();
        stage.set(Stage.COMPLETE);

        assertThat(experiment.call("x")).isEqualTo("candidate");
        assertThatThrownBy(() -> experiment.call("candidate throws")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> experiment.call("candidate fails")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> experiment.call("stale")).isInstanceOf(NoAnswerException.class)
                .hasMessageContaining("stale");

        assertThat(controls).hasValue(0);
        assertThat(quiet(experiment).count("sampled_out")).isEqualTo(4);
    }

    @Test
    void withoutServeItGoesNoFurtherThanShadow() throws IOException {
        Experiment<String, String, IOException> experiment = plan().build();

        for (Stage now : List.of(Stage.CANARY, Stage.LIVE, Stage.COMPLETE)) {
            stage.set(now);
            assertThat(experiment.answer("x").origin()).isEqualTo(Answer.Origin.CONTROL);
        }

        assertThat(quiet(experiment).count("results_do_not_match")).isEqualTo(3);
    }

    @Test
    void twoCandidatesCannotBothServe() {
        Rest<String, String, String, IOException> two = serving().candidate("other", input -> "other")
                .serve(Served.Value::new);

        assertThatIllegalArgumentException().isThrownBy(two::build).withMessageContaining("'e'");
    }

    @Test
    void killSwitchLetsTheControlAnswer() throws IOException {
        Experiment<String, String, IOException> experiment = serving().build();
        lab.enabled(false);

        assertThat(experiment.answer("x"))
                .isEqualTo(new Answer<>("control", Answer.Origin.CONTROL, Stage.OFF, null));
        assertThat(quiet(experiment).runs()).isZero();
    }

    @Test
    void candidateThatGetsStuckWhileServingFallsBackAndIsSuspended() {
        VirtualTime time = new VirtualTime();
        lab.close();
        lab = Laboratory.builder().sink(sink).time(time).stages(name -> Stage.LIVE).build();
        CountDownLatch never = new CountDownLatch(1);
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> "control")
                .candidate("c", input -> {
                    never.await();
                    return "candidate";
                })
                .shadow(new Shadow.Inline())
                .serve(Served.Value::new)
                .build();
        for (String expected : List.of("timed_out", "timed_out", "timed_out", "suspended")) {
            CompletableFuture<Answer<String>> answer = CompletableFuture.supplyAsync(() -> experiment.answer("x"));
            await().atMost(LIMIT).pollInterval(Duration.ofMillis(20)).until(() -> {
                time.advance(Duration.ofMillis(10));
                return answer.isDone();
            });

            assertThat(answer.join()).isEqualTo(new Answer<>("control", Answer.Origin.CONTROL, Stage.LIVE, expected));
        }
        never.countDown();
    }

    @Test
    void c106_c107_c108_aReadIsAllThereIs() {
        // Writes are not offered, so there is none to be sent to the wrong side, in the wrong order or with another payload.
        for (Class<?> type : List.of(Laboratory.class, Named.class, Steps.class, Experiment.class, Trial.class)) {
            assertThat(type.getMethods()).noneMatch(method -> method.getName().toLowerCase(Locale.ROOT)
                    .contains("write"));
        }
    }

    @Test
    void c108_inputReachesBothSidesAsItIs() throws IOException {
        AtomicReference<@Nullable String> seen = new AtomicReference<>();
        AtomicReference<@Nullable String> seenByControl = new AtomicReference<>();
        stage.set(Stage.SHADOW);
        String input = new String("the very one");
        lab.experiment("e").control((String given) -> {
            seenByControl.set(given);
            return "a";
        }).candidate("c", given -> {
            seen.set(given);
            return "a";
        }).shadow(new Shadow.Inline()).build().call(input);

        assertThat(seen.get()).isSameAs(input);
        assertThat(seenByControl.get()).isSameAs(input);
    }

    @Test
    void c109_c110_sideThatDidNotRunHasNeitherErrorNorLatency() throws IOException {
        Experiment<String, String, IOException> experiment = serving().sampler(Sampler.never()).build();

        experiment.call("x");
        stage.set(Stage.SHADOW);
        experiment.call("x");

        Summary summary = quiet(experiment);
        assertThat(summary.controlDurations().count()).isZero();
        assertThat(summary.candidateDurations().count()).isEqualTo(1);
        assertThat(summary.count("sampled_out")).isEqualTo(2);
        assertThat(summary.count("candidate_failed") + summary.count("control_failed")).isZero();
        assertThat(sink.results()).isEmpty();
    }

    @Test
    void c111_unknownStageIsTheGivenDefaultAndSaidOnce() throws IOException {
        lab.close();
        lab = Laboratory.builder().sink(sink).stages(name -> null, Stage.SHADOW).build();
        Experiment<String, String, IOException> experiment = serving().build();

        experiment.call("x");
        experiment.call("x");

        assertThat(quiet(experiment).runs()).isEqualTo(2);
        assertThat(experiment.summary().stage()).isEqualTo(Stage.SHADOW);
        assertThat(sink.notices()).singleElement()
                .satisfies(notice -> assertThat(notice.text()).contains("not known", "SHADOW"));
    }

    @Test
    void c111_throwingSourceGivesTheDefault() throws IOException {
        lab.close();
        lab = Laboratory.builder().sink(sink).stages(name -> {
            throw new IllegalStateException("stages");
        }, Stage.LIVE).build();
        Experiment<String, String, IOException> experiment = serving().build();

        assertThat(experiment.call("x")).isEqualTo("candidate");
    }

    @Test
    void c112_latencyAndErrorsCanBeLeftOutSeparately() throws IOException {
        stage.set(Stage.SHADOW);
        Experiment<String, String, IOException> experiment = serving().trackLatency(false).trackErrors(false).build();

        experiment.call("x");
        experiment.call("candidate throws");

        Summary summary = quiet(experiment);
        assertThat(summary.controlDurations().count()).isZero();
        assertThat(summary.timedOneIn()).isZero();
        assertThat(summary.count("candidate_failed")).isEqualTo(1);
        assertThat(sink.only().finding()).isInstanceOf(Finding.Mismatch.class);
    }

    @Test
    void asynchronousCandidateAnswersAndFallsBack() {
        AsyncExperiment<String, String> experiment = lab.experiment("async")
                .controlAsync((String input) -> CompletableFuture.completedFuture("control"))
                .candidate("c", input -> {
                    if (input.contains("throws")) {
                        throw new IllegalStateException("candidate");
                    }
                    return input;
                })
                .serve(value -> value.contains("stale")
                        ? new Served.Fallback<>("stale")
                        : new Served.Value<>(value))
                .build();

        assertThat(experiment.callAsync("x").toCompletableFuture().join()).isEqualTo("x");
        assertThat(experiment.callAsync("stale").toCompletableFuture().join()).isEqualTo("control");
        assertThat(experiment.callAsync("throws").toCompletableFuture().join()).isEqualTo("control");
        stage.set(Stage.COMPLETE);
        assertThat(experiment.callAsync("x").toCompletableFuture().join()).isEqualTo("x");
        assertThatThrownBy(() -> experiment.callAsync("throws").toCompletableFuture().join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> experiment.callAsync("stale").toCompletableFuture().join())
                .hasCauseInstanceOf(NoAnswerException.class);

        assertThat(lab.drain(LIMIT)).isTrue();
        assertThat(experiment.summary().runs()).isEqualTo(6);
        assertThat(experiment.summary().inFlight()).isZero();
    }
}
