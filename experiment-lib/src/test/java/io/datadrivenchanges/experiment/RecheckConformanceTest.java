package io.datadrivenchanges.experiment;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.datadrivenchanges.experiment.audit.Audit;
import io.datadrivenchanges.experiment.audit.AuditLimits;
import io.datadrivenchanges.experiment.audit.AuditReport;
import io.datadrivenchanges.experiment.audit.AuditReport.Kind;
import io.datadrivenchanges.experiment.audit.KeyedSource;
import io.datadrivenchanges.experiment.testing.RecordingSink;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What becomes of a mismatch, through the whole laboratory. The numbers are those of the conformance list.
@Isolated("listens to what all laboratories log")
class RecheckConformanceTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration LADDER = Duration.ofSeconds(31);

    private final VirtualTime time = new VirtualTime();
    private final RecordingSink sink = new RecordingSink();
    private final Laboratory lab = Laboratory.builder()
            .time(time)
            .sink(sink)
            .workers(Runnable::run)
            .context("build", "1.4.2")
            .build();
    private Versioned control = new Versioned("HIGH", 7);
    private Versioned cached = new Versioned("NORMAL", 6);
    private final AtomicInteger controlCalls = new AtomicInteger();

    private record Versioned(String level, long version) {}

    @AfterEach
    void close() {
        lab.close();
        MDC.clear();
    }

    private Rest<String, Versioned, Versioned, RuntimeException> plan() {
        return lab.experiment("e")
                .control((String courier) -> {
                    controlCalls.incrementAndGet();
                    return control;
                })
                .candidate("cache", courier -> cached, Comparing.by(Versioned::level, Versioned::level))
                .versions(Versioned::version, Versioned::version)
                .shadow(new Shadow.Inline());
    }

    private void drain() {
        assertThat(lab.drain(LIMIT)).isTrue();
    }

    private Settlement onlySettlement() {
        drain();
        assertThat(sink.settlements()).hasSize(1);
        return sink.settlements().getFirst().settlement();
    }

    private void law(Experiment<?, ?, ?> experiment) {
        Summary summary = experiment.summary();
        assertThat(summary.count("results_do_not_match")).isEqualTo(
                Summary.SETTLEMENTS.stream().mapToLong(summary::count).sum() + summary.count("rechecking"));
    }

    @Test
    void c113_differenceGoneOnRecheckHasConverged() {
        Experiment<String, Versioned, RuntimeException> experiment = plan().build();
        experiment.call("1");
        assertThat(experiment.summary().count("rechecking")).isEqualTo(1);
        law(experiment);

        time.advance(Duration.ofMillis(20));
        cached = control;
        time.advance(LADDER);

        assertThat(onlySettlement()).isEqualTo(new Settlement.Converged(Duration.ofMillis(10), Duration.ofMillis(30)));
        assertThat(experiment.summary().count("converged")).isEqualTo(1);
        assertThat(experiment.summary().count("rechecking")).isZero();
        Summary.Rechecked rechecked = experiment.summary().sides().getFirst().rechecked();
        assertThat(rechecked.convergence().maxNanos()).isEqualTo(30_000_000);
        assertThat(rechecked.candidateReads()).isEqualTo(2);
        assertThat(rechecked.converged()).isEqualTo(1);
        law(experiment);
    }

    @Test
    void c114_differenceThatStaysIsStaleOrDiverged() {
        Experiment<String, Versioned, RuntimeException> experiment = plan().build();
        experiment.call("late");
        cached = new Versioned("NORMAL", 7);
        experiment.call("wrong");
        time.advance(Duration.ofMillis(5));
        cached = new Versioned("NORMAL", 6);
        time.advance(LADDER);
        drain();

        // The second was of the same version at first sight, and older ever after.
        assertThat(experiment.summary().count("stale")).isEqualTo(2);

        cached = new Versioned("NORMAL", 7);
        experiment.call("wrong");
        time.advance(LADDER);

        assertThat(experiment.summary().count("diverged")).isEqualTo(1);
        assertThat(controlCalls).hasValue(3 + 3);
        Summary.Rechecked rechecked = experiment.summary().sides().getFirst().rechecked();
        assertThat(rechecked.controlReads()).isEqualTo(3);
        assertThat(rechecked.convergence())
                .isEqualTo(new Summary.Durations(2, 0, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));
        law(experiment);
    }

    @Test
    void c115_sameKeyAndControlVersionAreCheckedOnce() {
        Experiment<String, Versioned, RuntimeException> experiment = plan().build();
        for (int i = 0; i < 10; i++) {
            experiment.call("1");
        }
        cached = control;
        time.advance(LADDER);

        assertThat(onlySettlement().key()).isEqualTo("converged");
        assertThat(sink.settlements().getFirst().mismatches()).isEqualTo(10);
        assertThat(experiment.summary().count("converged")).isEqualTo(10);
        assertThat(experiment.summary().sides().getFirst().rechecked().candidateReads()).isEqualTo(1);
    }

    /// Keys that were wrong at first sight, as far as is known.
    private static long badForPromotion(Experiment<?, ?, ?> experiment) {
        return experiment.summary().assessment().orElseThrow().totals().baseline().badForPromotion();
    }

    @Test
    void c116_unfinishedRechecksCountAgainstAPromotion() {
        Experiment<String, Versioned, RuntimeException> experiment = plan().build();
        experiment.call("1");
        time.advance(Duration.ofSeconds(29));
        assertThat(experiment.summary().count("rechecking")).isEqualTo(1);
        assertThat(experiment.summary().count("converged")).isZero();
        assertThat(badForPromotion(experiment)).isEqualTo(1);

        lab.close();

        assertThat(badForPromotion(experiment)).isEqualTo(1);
        assertThat(experiment.summary().count("rechecking")).isZero();
        assertThat(experiment.summary().count("unsettled")).isEqualTo(1);
        assertThat(experiment.summary().sides().getFirst().rechecked().convergence().count())
                .as("later than all, as far as is known").isEqualTo(1);
        law(experiment);
        assertThat(sink.settlements()).singleElement().satisfies(settled -> assertThat(settled.settlement())
                .isEqualTo(new Settlement.Unsettled(Settlement.Lack.TIME, Duration.ofSeconds(10))));
    }

    @Test
    void c117_ignoredFieldsAndEncodingDoNotCount() {
        Experiment<String, Versioned, RuntimeException> experiment = lab.experiment("e")
                .control((String courier) -> control)
                .candidate("cache", courier -> cached.level().getBytes(java.nio.charset.StandardCharsets.UTF_16),
                        Comparing.by(Versioned::level,
                                bytes -> new String(bytes, java.nio.charset.StandardCharsets.UTF_16)))
                .ignore("unknown to the cache", (input, left, right) -> right instanceof Outcome.Returned<byte[]> value
                        && new String(value.value(), java.nio.charset.StandardCharsets.UTF_16).equals("NONE"))
                .shadow(new Shadow.Inline())
                .build();
        experiment.call("1");
        time.advance(Duration.ofMillis(15));
        cached = new Versioned("HIGH", 0); // another version, the same level
        time.advance(Duration.ofMillis(15));
        assertThat(onlySettlement().key()).isEqualTo("converged");

        cached = new Versioned("NORMAL", 6);
        experiment.call("2");
        cached = new Versioned("NONE", 6);
        time.advance(Duration.ofMillis(15));

        assertThat(experiment.summary().count("converged")).isEqualTo(2);
    }

    @Test
    void ruleSeesTheWholeValuesAtARecheckToo() {
        Experiment<String, Versioned, RuntimeException> experiment = plan()
                .ignore("seventh", (input, left, right) -> left instanceof Outcome.Returned<Versioned>(Versioned whole)
                        && whole.version() == 7 && cached.version() == 0)
                .build();
        experiment.call("1");
        cached = new Versioned("NORMAL", 0);
        time.advance(Duration.ofMillis(15));

        assertThat(onlySettlement().key()).isEqualTo("converged");
    }

    @Test
    void failuresOfCandidateAndComparisonAreKeptAsEvidenceAndNothingElseIs() {
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> {
                    if (input.equals("control fails")) {
                        throw new IllegalStateException("control");
                    }
                    return "1";
                })
                .candidate("c", input -> switch (input) {
                    case "candidate fails" -> throw new IllegalStateException("candidate");
                    case "comparison fails" -> "one";
                    default -> "1";
                }, Comparing.by(Integer::valueOf, Integer::valueOf))
                .shadow(new Shadow.Inline())
                .build();
        for (String input : List.of("equal", "candidate fails", "comparison fails")) {
            experiment.call(input);
        }
        assertThatThrownBy(() -> experiment.call("control fails")).hasMessage("control");
        drain();

        assertThat(lab.evidence("e")).extracting(Evidence::input).containsExactlyInAnyOrder("candidate fails",
                "comparison fails");
    }

    @Test
    void c118_changedValueMissingAndExtraEntryAreFound() throws Exception {
        Map<Integer, String> incentives = new TreeMap<>(Map.of(1, "HIGH", 2, "HIGH", 3, "HIGH"));
        Map<Integer, String> cache = new TreeMap<>(Map.of(1, "NORMAL", 2, "HIGH", 4, "HIGH"));
        Experiment<Integer, Optional<String>, RuntimeException> experiment = lab.experiment("read")
                .control((Integer key) -> Optional.ofNullable(incentives.get(key)))
                .candidate("cache", key -> Optional.ofNullable(cache.get(key)))
                .shadow(new Shadow.Inline())
                .build();
        for (int key = 1; key <= 5; key++) {
            experiment.call(key);
        }
        time.advance(LADDER);

        assertThat(experiment.summary().count("diverged")).isEqualTo(3);
        assertThat(new Audit(AuditLimits.standard()).compare(source(incentives), source(cache)).discrepancies())
                .containsExactly(new AuditReport.Discrepancy<>(1, Kind.DIFFERENT, -1, -1),
                        new AuditReport.Discrepancy<>(3, Kind.MISSING, -1, -1),
                        new AuditReport.Discrepancy<>(4, Kind.EXTRA, -1, -1));
    }

    private static KeyedSource<Integer, String> source(Map<Integer, String> map) {
        return new KeyedSource<>() {
            @Override
            public String name() {
                return "map";
            }

            @Override
            public List<Entry<Integer, String>> page(@Nullable Integer after, int limit) throws IOException {
                List<Entry<Integer, String>> page = new ArrayList<>();
                map.forEach((key, value) -> {
                    if (after == null || key > after) {
                        page.add(new Entry<>(key, value, -1));
                    }
                });
                return page.subList(0, Math.min(limit, page.size()));
            }

            @Override
            public Optional<Entry<Integer, String>> find(Integer key) throws IOException {
                return Optional.ofNullable(map.get(key)).map(value -> new Entry<>(key, value, -1));
            }

            @Override
            public long position() throws IOException {
                return 0;
            }
        };
    }

    @Test
    void referenceAndTrialAreNotReadAgain() {
        AtomicInteger reads = new AtomicInteger();
        Experiment<String, String, RuntimeException> experiment = lab.experiment("noise")
                .control((String i) -> "a")
                .reference("again", i -> "b" + reads.incrementAndGet(), Comparing.same(String::equals))
                .shadow(new Shadow.Inline())
                .build();
        experiment.call("1");
        time.advance(LADDER);

        assertThat(reads).hasValue(2);
        assertThat(experiment.summary().sides().getFirst().counts()).containsEntry("diverged", 1L);
    }

    @Test
    void lineSaysHowLateItWas() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger("experiment.mismatch");
        logger.addAppender(lines);
        lines.start();
        try {
            Experiment<String, Versioned, RuntimeException> experiment = plan().build();
            experiment.call("42");
            experiment.call("42");
            time.advance(Duration.ofMillis(20));
            cached = control;
            time.advance(LADDER);
            drain();
        } finally {
            logger.detachAppender(lines);
        }

        assertThat(lines.list).last().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.INFO);
            assertThat(line.getFormattedMessage())
                    .isEqualTo("{\"experiment_name\": \"e\", \"candidate_name\": \"cache\", "
                            + "\"settled\": \"stale, converged after 30 ms\", \"input\": \"42\", \"mismatches\": 2, \"cost\": null}");
            assertThat(line.getKeyValuePairs()).extracting(pair -> pair.key + "=" + pair.value).containsExactly(
                    "event.action=experiment.settled", "experiment.name=e", "experiment.cause=stale",
                    "experiment.settlement=converged", "experiment.after=after 30 ms", "experiment.input=42");
        });
    }

    @Test
    void settledMismatchIsKeptAsEvidenceThatReplaysTheSame() {
        MDC.put("traceId", "0af7651916cd43dd8448eb211c80319c");
        Experiment<String, Versioned, RuntimeException> experiment = plan()
                .freshness(value -> Duration.ofMillis(40))
                .cohort(courier -> "berlin")
                .build();
        experiment.call("42");
        time.advance(LADDER);
        drain();

        Evidence evidence = lab.evidence("e").getFirst();
        assertThat(lab.evidence("e")).hasSize(1);
        assertThat(evidence.replay().json()).isEqualTo(evidence.judgement().json());
        assertThat(evidence.settlement()).isInstanceOf(Settlement.Stale.class);
        assertThat(evidence.rereads()).hasSize(9);
        assertThat(evidence.at()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(List.of(String.valueOf(evidence.input()), String.valueOf(evidence.build()),
                String.valueOf(evidence.traceId()), String.valueOf(evidence.cohort())))
                .containsExactly("42", "1.4.2", "0af7651916cd43dd8448eb211c80319c", "berlin");
        assertThat(evidence.observed().staleness()).isEqualTo(Duration.ofMillis(40));
        assertThat(List.of(evidence.control().version(), evidence.observed().version())).containsExactly(7L, 6L);
        assertThat(lab.health().evidenceKept()).isEqualTo(1);
    }

    @Test
    void nothingUnredactedIsEverKept() {
        String secret = "s3cret";
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> "left " + input)
                .candidate("c", input -> {
                    if (input.endsWith("!")) {
                        throw new IllegalStateException("failed for " + input);
                    }
                    return "right " + input;
                })
                .clean(value -> String.valueOf(value).replace(secret, "***"))
                .recheck(Recheck.none())
                .shadow(new Shadow.Inline())
                .build();
        experiment.call(secret);
        experiment.call(secret + "!");
        drain();

        assertThat(lab.evidence("e")).hasSize(2).extracting(Evidence::json)
                .allSatisfy(json -> assertThat(json).doesNotContain(secret).contains("***"));
    }

    @Test
    void cleanerThatThrowsLeavesTheMarker() {
        Experiment<String, String, RuntimeException> experiment = lab.experiment("e")
                .control((String input) -> "left")
                .candidate("c", input -> "right")
                .clean(value -> {
                    throw new IllegalStateException("cleaner");
                })
                .recheck(Recheck.none())
                .shadow(new Shadow.Inline())
                .build();
        experiment.call("input");
        drain();

        assertThat(lab.evidence("e").getFirst().json()).doesNotContain("left\"").doesNotContain("right\"")
                .doesNotContain("input\":  \"input").contains("[redacted]");
    }

    @Test
    void evidenceIsBoundedAndTheRestCounted() {
        Experiment<String, Versioned, RuntimeException> experiment = plan().recheck(Recheck.none()).build();
        for (int i = 0; i < 100; i++) {
            experiment.call("x" + i);
            drain();
        }

        assertThat(lab.evidence("e")).hasSize(32);
        assertThat(lab.health().evidenceDropped()).isEqualTo(68);
        assertThat(lab.evidence("other")).isEmpty();
    }

    /// The date of an answer is that of the newest heartbeat that has travelled the feed: it bounds the age of every entry, the unchanged
    /// ones included.
    @Test
    void pausedFeedAgesTheDateAndQuietTableDoesNot() {
        long beat = 500;
        long travel = 20;
        long[] pausedAt = {Long.MAX_VALUE};
        Experiment<String, Versioned, RuntimeException> experiment = plan().recheck(Recheck.none())
                .freshness(value -> {
                    long now = Duration.ofNanos(time.nanos()).toMillis();
                    long arrived = Math.min(now, pausedAt[0]) - travel;
                    return Duration.ofMillis(now - Math.floorDiv(arrived, beat) * beat);
                })
                .build();
        time.advance(Duration.ofHours(1)); // nobody has changed anything for an hour
        experiment.call("quiet");
        pausedAt[0] = Duration.ofNanos(time.nanos()).toMillis();
        time.advance(Duration.ofSeconds(60));
        experiment.call("paused");
        drain();

        List<@Nullable Duration> dates = sink.results().stream()
                .<@Nullable Duration>map(result -> result.observed().staleness()).toList();
        assertThat(dates.getFirst()).isLessThanOrEqualTo(Duration.ofMillis(beat + travel));
        assertThat(dates.getLast()).isGreaterThanOrEqualTo(Duration.ofSeconds(60));
    }
}
