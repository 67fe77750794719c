package io.datadrivenchanges.experiment;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.datadrivenchanges.experiment.testing.RecordingSink;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/// What others of this kind get wrong, each shown not to be wrong here.
class DefectsOfOthersTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final RecordingSink sink = new RecordingSink();
    private final Laboratory lab = Laboratory.builder().sink(sink).build();

    @AfterEach
    void close() {
        lab.close();
    }

    private Summary quiet(Experiment<?, ?, ?> experiment) {
        assertThat(lab.drain(LIMIT)).isTrue();
        return experiment.summary();
    }

    @Test
    void scientist4jThrowsTheMismatchOfDifferingTypesIntoProduction() {
        Experiment<String, Integer, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> 1)
                .candidate("c", input -> {
                    if (input.isEmpty()) {
                        throw new IllegalStateException("candidate");
                    }
                    return "2";
                }, Comparing.by(String::valueOf, text -> text))
                .shadow(new Shadow.Inline())
                .build();

        assertThat(experiment.call("x")).isEqualTo(1);
        assertThat(experiment.call("")).isEqualTo(1);

        assertThat(quiet(experiment).count("results_do_not_match")).isEqualTo(1);
        assertThat(experiment.summary().count("candidate_failed")).isEqualTo(1);
    }

    @Test
    void scientist4jBreaksOnNullAgainstAValue() {
        Comparing<@Nullable Object, @Nullable Object> comparing = Comparing.byValue();

        assertThat(comparing.judge(null, null)).isEqualTo(Comparison.equal());
        assertThat(comparing.judge(null, "a")).isInstanceOf(Comparison.Differs.class);
        assertThat(comparing.judge("a", null)).isInstanceOf(Comparison.Differs.class);
    }

    @Test
    void scientist4jLetsCallbacksReachTheCaller() throws IOException {
        AssertionError thrown = new AssertionError("callback");
        Laboratory own = Laboratory.builder().sink(report -> {
            throw thrown;
        }).propagate(() -> {
            throw thrown;
        }).stages(name -> {
            throw thrown;
        }, Stage.SHADOW).build();
        Fn<String, String, IOException> control = input -> "a";
        Experiment<String, String, IOException> experiment = own.experiment("e")
                .control(control)
                .candidate("c", input -> "b", Comparing.<String, String>reasons((left, right) -> {
                    throw thrown;
                }))
                .ignore("rule", (input, left, right) -> {
                    throw thrown;
                })
                .comparingErrors((left, right) -> {
                    throw thrown;
                })
                .key(input -> {
                    throw thrown;
                })
                .versions(value -> fail(thrown), value -> fail(thrown))
                .freshness(value -> {
                    throw thrown;
                })
                .cohort(input -> {
                    throw thrown;
                })
                .clean(value -> {
                    throw thrown;
                })
                .afterRun(result -> {
                    throw thrown;
                })
                .build();

        assertThat(experiment.call("x")).isEqualTo("a");

        assertThat(own.drain(LIMIT)).isTrue();
        assertThat(experiment.summary().count("comparison_failed")).isEqualTo(1);
        assertThat(own.health().sinkFailures()).isEqualTo(1);
        own.close();
    }

    @Test
    void scientist4jMixesUpTheDurationsOfTwoThreads() throws Exception {
        VirtualTime time = new VirtualTime();
        RecordingSink own = new RecordingSink();
        try (Laboratory two = Laboratory.builder().time(time).sink(own).build();
                ExecutorService callers = Executors.newFixedThreadPool(2)) {
            CountDownLatch slowBegun = new CountDownLatch(1);
            CountDownLatch fastEnded = new CountDownLatch(1);
            Experiment<String, String, RuntimeException> experiment = two.experiment("e").control((String input) -> {
                if ("slow".equals(input)) {
                    slowBegun.countDown();
                    await().atMost(LIMIT).until(() -> fastEnded.getCount() == 0);
                } else {
                    time.advance(Duration.ofMillis(3));
                }
                return input;
            }).candidate("c", input -> "other").shadow(new Shadow.Inline()).build();
            Future<?> slow = callers.submit(() -> experiment.call("slow"));
            slowBegun.await();
            callers.submit(() -> experiment.call("fast")).get();
            time.advance(Duration.ofMillis(4));
            fastEnded.countDown();
            slow.get();

            assertThat(two.drain(LIMIT)).isTrue();
            assertThat(own.results()).extracting(result -> result.key() + " " + result.control().duration())
                    .containsExactlyInAnyOrder("fast PT0.003S", "slow PT0.007S");
        }
    }

    @Test
    void scientist4jIsSilentByDefault() {
        List<String> lines = new CopyOnWriteArrayList<>();
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                lines.add(event.getFormattedMessage());
            }
        };
        appender.start();
        Logger logger = (Logger) LoggerFactory.getLogger("experiment.results");
        logger.addAppender(appender);
        try {
            Laboratory own = Laboratory.create();
            own.experiment("speaks").control((String input) -> "a").candidate("c", input -> "a").build().call("x");
            own.close();
        } finally {
            logger.detachAppender(appender);
        }

        assertThat(lines).anyMatch(line -> line.contains("\"speaks\"") && line.contains("\"runs\": 1"));
    }

    @Test
    void zinkovichKeepsEveryCallOfAHangingCandidate() {
        CountDownLatch end = new CountDownLatch(1);
        Trial trial = lab.trial("sample_experiment");

        // A megabyte each: were they kept, the heap of this test would not do.
        for (int i = 0; i < 2_000; i++) {
            byte[] payload = new byte[1 << 20];
            assertThat(trial.run(() -> payload.length, () -> {
                awaitQuietly(end);
                return payload.length;
            })).isEqualTo(1 << 20);
        }

        assertThat(trial.summary().inFlight()).isLessThanOrEqualTo(64);
        end.countDown();
    }

    @Test
    void zinkovichNeverReportsAgainAfterOneException() {
        VirtualTime time = new VirtualTime();
        AtomicInteger reports = new AtomicInteger();
        try (Laboratory own = Laboratory.builder().time(time).sink(report -> {
            reports.addAndGet(report instanceof Report.Result ? 1 : 0);
            throw new IllegalStateException("sink");
        }).build()) {
            Experiment<String, String, RuntimeException> experiment = own.experiment("e")
                    .control((String input) -> "a")
                    .candidate("c", input -> "b")
                    .shadow(new Shadow.Inline())
                    .build();
            for (int i = 0; i < 3; i++) {
                experiment.call("x");
                time.advance(Duration.ofMinutes(1));
                assertThat(own.drain(LIMIT)).isTrue();
            }
        }

        assertThat(reports).hasValue(3);
    }

    @Test
    void launchDarklyBlocksTheCallerOfAHangingNewRead() {
        CountDownLatch end = new CountDownLatch(1);
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> "old")
                .candidate("new", input -> {
                    end.await();
                    return "late";
                })
                .build();

        assertThat(experiment.call("x")).isEqualTo("old");

        end.countDown();
    }

    @Test
    void launchDarklyMeasuresByTheWallClock() {
        VirtualTime time = new VirtualTime();
        RecordingSink own = new RecordingSink();
        try (Laboratory jumping = Laboratory.builder().time(time).sink(own).build()) {
            jumping.experiment("e").control((String input) -> {
                time.jumpWallClock(Duration.ofHours(-3));
                time.advance(Duration.ofMillis(2));
                return "a";
            }).candidate("c", input -> "b").shadow(new Shadow.Inline()).build().call("x");

            assertThat(jumping.drain(LIMIT)).isTrue();
            assertThat(own.only().control().duration()).isEqualTo(Duration.ofMillis(2));
        }
    }

    @Test
    void launchDarklyReturnsTheFailedNewReadThoughTheOldIsThere() {
        try (Laboratory live = Laboratory.builder().stages(name -> Stage.LIVE).build()) {
            Experiment<String, String, RuntimeException> experiment = live.experiment("e")
                    .control((String input) -> "old")
                    .candidate("new", input -> {
                        throw new IllegalStateException("new");
                    }, Comparing.<String, String>by(value -> value, value -> value))
                    .shadow(new Shadow.Inline())
                    .serve(Served.Value::new)
                    .build();

            assertThat(experiment.call("x")).isEqualTo("old");
        }
    }

    @Test
    void laboratoryOfAlcornBreaksOnAContextThatCannotBeCopied() {
        assertThatThrownBy(() -> lab.experiment("e")
                .control((String input) -> "a")
                .candidate("c", input -> "a")
                .context("key", nothing())).isInstanceOf(NullPointerException.class);
        // Whatever is built has a context of texts: nothing is left to copy when it runs.
        assertThat(lab.summaries()).isEmpty();
    }

    @Test
    void junkpianoInvertsMatchedAndDiffySwapsTheSides() {
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> "the control's")
                .candidate("c", input -> input)
                .shadow(new Shadow.Inline())
                .build();

        experiment.call("the control's");
        assertThat(quiet(experiment).count("results_match")).isEqualTo(1);
        experiment.call("the candidate's");

        assertThat(quiet(experiment).count("results_do_not_match")).isEqualTo(1);
        assertThat(sink.results().getLast().finding()).isEqualTo(new Finding.Mismatch(new Comparison.Differs(
                List.of(new Difference("value", "the control's", "the candidate's")))));
        assertThat(sink.results().getLast().control().outcome()).isEqualTo(new Outcome.Returned<>("the control's"));
        assertThat(sink.results().getLast().observed().outcome())
                .isEqualTo(new Outcome.Returned<>("the candidate's"));
    }

    @Test
    void labTechLetsUsersInheritItsInternals() {
        for (Class<?> type : List.of(Laboratory.class, Experiment.class, AsyncExperiment.class, Trial.class,
                Named.class, Controlled.class, Rest.class, Report.class, Finding.class, Outcome.class,
                Comparison.class, Shadow.class, Served.class)) {
            assertThat(type.isSealed()).as("%s", type).isTrue();
        }
        for (Class<?> type : List.of(Comparing.class, MismatchError.class, NoAnswerException.class,
                Laboratory.Builder.class, Summary.class)) {
            assertThat(Modifier.isFinal(type.getModifiers())).as("%s", type).isTrue();
        }
    }

    @Test
    void envoyDropsShadowsSilently() {
        List<String> answers = new ArrayList<>();
        CountDownLatch end = new CountDownLatch(1);
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> "a")
                .candidate("c", input -> {
                    end.await();
                    return "a";
                })
                .shadow(new Shadow.Detached(2, LIMIT))
                .build();
        for (int i = 0; i < 100; i++) {
            answers.add(experiment.call("x"));
        }
        end.countDown();

        Summary summary = quiet(experiment);
        assertThat(answers).hasSize(100);
        assertThat(summary.runs()).isEqualTo(100);
        assertThat(Summary.FINDINGS.stream().mapToLong(summary::count).sum()).isEqualTo(100);
        assertThat(summary.count("shed")).isEqualTo(98);
    }

    private static long fail(Error thrown) {
        throw thrown;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("NullAway") // what a caller without NullAway might do
    private static String nothing() {
        return null;
    }
}
