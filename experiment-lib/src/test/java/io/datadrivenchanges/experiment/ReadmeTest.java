package io.datadrivenchanges.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;

import io.datadrivenchanges.experiment.audit.Audit;
import io.datadrivenchanges.experiment.audit.AuditLimits;
import io.datadrivenchanges.experiment.audit.AuditReport;
import io.datadrivenchanges.experiment.audit.KeyedSource;
import io.datadrivenchanges.experiment.testing.RecordingSink;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

class ReadmeTest {

    record CourierId(long value) {}

    record Performance(String level, long version) {}

    record Cached(String level, long version) {
        boolean isFresh() {
            return version > 0;
        }

        Performance performance() {
            return new Performance(level, version);
        }
    }

    static final class IncentivesDown extends Exception {}

    static final class Incentives {
        Performance fetch(CourierId id) throws IncentivesDown {
            if (id.value() < 0) {
                throw new IncentivesDown();
            }
            return new Performance("HIGH", 7);
        }
    }

    static final class Cache {
        Cached find(CourierId id) {
            return new Cached("HIGH", id.value());
        }
    }

    @Test
    void useIsAsShown() throws Exception {
        Incentives incentives = new Incentives();
        Cache cache = new Cache();
        CourierId courierId = new CourierId(42);

        // tag: use
        Laboratory lab = Laboratory.create();
        Experiment<CourierId, Performance, IncentivesDown> experiment = lab.experiment("courier-performance")
                .control(incentives::fetch)
                .candidate("cache", cache::find, Comparing.by(Performance::level, Cached::level))
                .key(CourierId::value)
                .versions(Performance::version, Cached::version)
                .shadow(new Shadow.Detached(64, Duration.ofMillis(100)))
                .build();
        Performance performance = experiment.call(courierId);
        // end: use

        assertThat(performance).isEqualTo(new Performance("HIGH", 7));
        assertThat(lab.drain(Duration.ofSeconds(10))).isTrue();
        assertThat(experiment.summary().count("results_match")).isEqualTo(1);
        lab.close();
    }

    @Test
    void servingIsAsShown() throws Exception {
        Incentives incentives = new Incentives();
        Cache cache = new Cache();
        CourierId courierId = new CourierId(42);

        // tag: serving
        StageSwitch stages = StageSwitch.inMemory(Stage.SHADOW, InstantSource.system());
        Laboratory lab = Laboratory.builder().stages(stages).build();
        Experiment<CourierId, Performance, IncentivesDown> experiment = lab.experiment("courier-performance")
                .control(incentives::fetch)
                .candidate("cache", cache::find, Comparing.by(Performance::level, Cached::level))
                .key(CourierId::value)
                .serve(cached -> cached.isFresh()
                        ? new Served.Value<>(cached.performance())
                        : new Served.Fallback<>("stale"))
                .build();
        stages.change(new StageChange("courier-performance", Stage.CANARY, 5, "ann", "nothing diverged", null));
        Answer<Performance> answer = experiment.answer(courierId);
        // end: serving

        assertThat(answer.stage()).isEqualTo(Stage.CANARY);
        long served = LongStream.range(1, 1_000).filter(id -> isServed(experiment, id)).count();
        assertThat(served).isBetween(20L, 100L);
        assertThat(experiment.answer(new CourierId(0)).origin()).isEqualTo(Answer.Origin.CONTROL);
        lab.close();
    }

    private static boolean isServed(Experiment<CourierId, Performance, IncentivesDown> experiment, long id) {
        try {
            return experiment.answer(new CourierId(id)).origin() == Answer.Origin.CANDIDATE;
        } catch (IncentivesDown e) {
            throw new AssertionError(e);
        }
    }

    /// Levels of couriers in memory.
    private record Levels(String name, NavigableMap<Long, String> byId) implements KeyedSource<Long, String> {

        static Levels of(String name, long... ids) {
            return new Levels(name, new TreeMap<>(LongStream.of(ids).boxed().collect(toMap(id -> id, id -> "HIGH"))));
        }

        @Override
        public List<Entry<Long, String>> page(@Nullable Long after, int limit) {
            return (after == null ? byId : byId.tailMap(after, false)).entrySet().stream().limit(limit)
                    .map(level -> new Entry<>(level.getKey(), level.getValue(), 1)).toList();
        }

        @Override
        public Optional<Entry<Long, String>> find(Long id) {
            return Optional.ofNullable(byId.get(id)).map(level -> new Entry<>(id, level, 1));
        }

        @Override
        public long position() {
            return 0;
        }
    }

    @Test
    void auditIsAsShown() throws Exception {
        Levels database = Levels.of("database", 1, 2, 3);
        Levels cache = Levels.of("cache", 1, 2, 3, 4);
        List<Levels> instances = List.of(cache, Levels.of("b", 1, 2, 3), Levels.of("c", 1, 2, 3));

        // tag: audit
        Audit audit = new Audit(AuditLimits.standard());
        AuditReport<Long> report = audit.compare(database, cache);
        List<AuditReport<Long>> reports = audit.among(instances);
        // end: audit

        var extra = new AuditReport.Discrepancy<>(4L, AuditReport.Kind.EXTRA, -1, 1);
        assertThat(report.discrepancies()).containsExactly(extra);
        assertThat(reports).extracting(AuditReport::isClean).containsExactly(false, true, true);
    }

    @Test
    void testingIsAsShown() {
        // tag: testing
        RecordingSink sink = new RecordingSink();
        VirtualTime time = new VirtualTime();
        try (Laboratory lab = Laboratory.builder().sink(sink).time(time).build()) {
            Experiment<String, String, RuntimeException> experiment = lab.experiment("greeting")
                    .control((String name) -> "Hello " + name)
                    .candidate("shout", name -> "HELLO " + name)
                    .build();

            experiment.call("Ada");

            assertThat(lab.drain(Duration.ofSeconds(10))).isTrue();
            assertThat(sink.only().cause()).isEqualTo(Cause.DIVERGED);
            assertThat(experiment.summary().count("results_do_not_match")).isEqualTo(1);
        }
        // end: testing
    }

    @Test
    void readmeShowsThisCode() throws IOException {
        String readme = squeezed(Files.readString(Path.of("README.md")));
        String here = Files.readString(Path.of("src/test/java/io/datadrivenchanges/experiment/ReadmeTest.java"));

        for (String tag : List.of("use", "serving", "audit", "testing")) {
            int from = here.indexOf("// tag: " + tag) + ("// tag: " + tag).length();
            assertThat(readme).contains(squeezed(here.substring(from, here.indexOf("// end: " + tag))));
        }
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
