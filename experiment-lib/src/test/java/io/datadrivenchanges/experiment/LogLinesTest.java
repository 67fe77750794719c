package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

import static org.assertj.core.api.Assertions.assertThat;

@Isolated("listens to what all laboratories log")
class LogLinesTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final VirtualTime time = new VirtualTime();
    private final Laboratory lab = Laboratory.builder().time(time).period(Duration.ofSeconds(5)).build();
    private final Recorder results = new Recorder("experiment.results");
    private final Recorder mismatches = new Recorder("experiment.mismatch");
    private final Recorder troubles = new Recorder("experiment.lab");

    /// The lines of one logger.
    private static final class Recorder extends AppenderBase<ILoggingEvent> {

        private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
        private final Logger logger;

        Recorder(String name) {
            logger = (Logger) LoggerFactory.getLogger(name);
        }

        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            events.add(event);
        }

        List<String> lines() {
            return events.stream().<String>map(ILoggingEvent::getFormattedMessage).toList();
        }
    }

    private record Performance(String name, long version) {}

    @BeforeEach
    void record() {
        for (Recorder recorder : List.of(results, mismatches, troubles)) {
            recorder.start();
            recorder.logger.setAdditive(false);
            recorder.logger.addAppender(recorder);
        }
    }

    @AfterEach
    void close() {
        lab.close();
        for (Recorder recorder : List.of(results, mismatches, troubles)) {
            recorder.logger.detachAppender(recorder);
            recorder.logger.setAdditive(true);
        }
    }

    private Experiment<String, Performance, RuntimeException> experiment(Fn<String, Performance, ?> candidate) {
        return lab.experiment("courier-performance")
                .control((String courier) -> new Performance("HIGH", 7))
                .candidate("cache", candidate, Comparing.by(Performance::name, Performance::name))
                .versions(Performance::version, Performance::version)
                .freshness(value -> Duration.ofMillis(12))
                .recheck(Recheck.none())
                .build();
    }

    private void callAndDrain(Experiment<String, ?, RuntimeException> experiment, String input) {
        experiment.call(input);
        drain();
    }

    private void drain() {
        assertThat(lab.drain(LIMIT)).isTrue();
    }

    @Test
    void summaryLineIsTheGoldenOne() {
        Experiment<String, Performance, RuntimeException> experiment = experiment(courier -> switch (courier) {
            case "late" -> new Performance("NORMAL", 6);
            case "broken" -> throw new IllegalStateException("cache");
            default -> new Performance("HIGH", 7);
        });
        callAndDrain(experiment, "a");
        callAndDrain(experiment, "b");
        callAndDrain(experiment, "late");
        callAndDrain(experiment, "broken");

        time.advance(Duration.ofSeconds(5));
        drain();

        assertThat(results.lines()).containsExactly(
                """
                        {"experiment_name": "courier-performance", "results": {"results_match": 2, "results_do_not_match": 1, \
                        "candidate_failed": 1, "runs": 4, "in_flight": 0, "matched_after_control": 0, "candidate_timed_out": 0, \
                        "both_failed": 0, "control_failed": 0, "ignored": 0, "incomparable": 0, "comparison_failed": 0, \
                        "sampled_out": 0, "filtered": 0, "gate_failed": 0, "shed": 0, "cancelled": 0, "converged": 0, \
                        "superseded": 0, "candidate_ahead": 0, "stale": 1, "diverged": 0, "unsettled": 0, "rechecking": 0}}""");
        assertThat(results.events.getFirst().getLevel()).isEqualTo(Level.INFO);
    }

    @Test
    void everyPeriodSpeaksEvenWithoutCallsAndCloseSpeaksOnceMore() {
        experiment(courier -> new Performance("HIGH", 7));

        time.advance(Duration.ofSeconds(15));
        drain();
        assertThat(results.lines()).hasSize(3);
        lab.close();

        assertThat(results.lines()).hasSize(4);
    }

    @Test
    void mismatchLineSaysWhatDiffersAndWhy() {
        callAndDrain(experiment(courier -> new Performance("NORMAL", 6)), "42\n");

        assertThat(mismatches.lines()).containsExactly(
                """
                        {"experiment_name": "courier-performance", "candidate_name": "cache", "cause": "stale", "paths": "value", \
                        "input": "42\\n", "control_value": "HIGH", "control_version": 7, "candidate_value": "NORMAL", \
                        "candidate_version": 6, "candidate_age_millis": 12}""");
        assertThat(mismatches.events.getFirst().getLevel()).isEqualTo(Level.WARN);
        assertThat(keyValues(mismatches.events.getFirst())).isEqualTo(Map.of("event.action", "experiment.mismatch",
                "experiment.name", "courier-performance", "experiment.cause", "stale", "experiment.paths", "value",
                "experiment.input", "42\n", "experiment.control.value", "HIGH", "experiment.control.version", 7L,
                "experiment.candidate.value", "NORMAL", "experiment.candidate.version", 6L, "cache.entry.age", 12L));
    }

    @Test
    void tenAMinuteAreShownNewKindsAlwaysAndTheRestIsCounted() {
        Experiment<String, Performance, RuntimeException> experiment = experiment(
                courier -> new Performance("NORMAL", "ahead".equals(courier) ? 9 : 6));
        for (int i = 0; i < 25; i++) {
            callAndDrain(experiment, "late");
        }
        assertThat(mismatches.lines()).hasSize(11);

        callAndDrain(experiment, "ahead");
        assertThat(mismatches.lines()).hasSize(12).last().asString().contains("\"cause\": \"candidate_ahead\"");

        time.advance(Duration.ofMinutes(1));
        drain();
        assertThat(mismatches.lines()).hasSize(13)
                .last()
                .isEqualTo("{\"experiment_name\": \"courier-performance\", \"not_shown\": 14}");
        callAndDrain(experiment, "late");
        assertThat(mismatches.lines()).hasSize(14);
    }

    @Test
    void failedCandidateIsShownWithItsStackTheFirstTime() {
        Experiment<String, Performance, RuntimeException> experiment = experiment(courier -> {
            throw new IllegalStateException("cache");
        });

        callAndDrain(experiment, "a");
        callAndDrain(experiment, "b");

        assertThat(mismatches.lines()).hasSize(2)
                .allMatch(line -> line.contains("\"cause\": \"candidate_failed\"")
                        && line.contains("\"candidate_value\": \"java.lang.IllegalStateException: cache\""));
        assertThat(mismatches.events.get(0).getThrowableProxy()).isNotNull();
        assertThat(mismatches.events.get(1).getThrowableProxy()).isNull();
    }

    @Test
    void valueThatCannotBeShownIsSaidSo() {
        Object shy = new Object() {
            @Override
            public String toString() {
                throw new UnsupportedOperationException();
            }
        };
        Experiment<String, Object, RuntimeException> experiment = lab.experiment("shy")
                .control((String input) -> shy)
                .candidate("c", input -> "x".repeat(1_000))
                .build();

        callAndDrain(experiment, "a");

        assertThat(mismatches.lines()).hasSize(1).first().asString()
                .contains("threw java.lang.UnsupportedOperationException",
                        "\"" + "x".repeat(255) + "…\"")
                .hasSizeLessThan(1_000);
    }

    @Test
    void troublesAreShownTenTimesAMinuteAndCounted() {
        Experiment<String, Performance, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> new Performance("HIGH", 7))
                .candidate("c", input -> new Performance("HIGH", 7), Comparing.same((control, candidate) -> {
                    throw new IllegalArgumentException("comparator");
                }))
                .build();
        for (int i = 0; i < 12; i++) {
            callAndDrain(experiment, "a");
        }
        assertThat(troubles.lines()).hasSize(10).first().asString().contains("'e'", "COMPARE");

        time.advance(Duration.ofMinutes(1));
        drain();

        assertThat(troubles.lines()).hasSize(11).last().asString().contains("2 more times");
    }

    @Test
    void c069_sinkFailureIsReportedOnceAsPublishWithTheVeryException() {
        IllegalStateException thrown = new IllegalStateException("sink");
        try (Laboratory own = Laboratory.builder().time(time).sink(report -> {
            throw thrown;
        }).build()) {
            own.experiment("e").control((String input) -> "a").candidate("c", input -> "b").shadow(new Shadow.Inline())
                    .build().call("x");

            assertThat(own.drain(LIMIT)).isTrue();
            assertThat(troubles.lines()).singleElement().asString().contains("'e'", "PUBLISH");
            assertThat(troubles.events.getFirst().getThrowableProxy()).isInstanceOfSatisfying(ThrowableProxy.class,
                    proxy -> assertThat(proxy.getThrowable()).isSameAs(thrown));
        }
    }

    @Test
    void appenderThatThrowsDoesNotEndTheReports() {
        experiment(courier -> new Performance("HIGH", 7));
        List<String> heard = new ArrayList<>();
        results.logger.addAppender(new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                throw new IllegalStateException("not called");
            }

            @Override
            public synchronized void doAppend(ILoggingEvent event) {
                heard.add(event.getFormattedMessage());
                throw new IllegalStateException("appender");
            }
        });

        time.advance(Duration.ofSeconds(10));
        drain();

        assertThat(heard).hasSize(2);
        results.logger.detachAndStopAllAppenders();
    }

    private static Map<String, Object> keyValues(ILoggingEvent event) {
        Map<String, Object> all = new TreeMap<>();
        for (KeyValuePair pair : event.getKeyValuePairs()) {
            all.put(pair.key, pair.value);
        }
        return all;
    }
}
