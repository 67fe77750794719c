package io.datadrivenchanges.experiment.jsonl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Finding;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Outcome;
import io.datadrivenchanges.experiment.Report;
import io.datadrivenchanges.experiment.Stage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class JsonLinesSinkTest {

    private static final Duration WRITTEN = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    /// A match with this input, and with a value that may be anything.
    private static Report.Result report(Object input, @Nullable Object value) {
        Report.Observation seen = new Report.Observation(new Outcome.Returned<@Nullable Object>(value), 7,
                Duration.ofMillis(3),
                Duration.ofNanos(1500), Map.of());
        return new Report.Result("e", "c", Instant.EPOCH, input, new Finding.Match(false), null, seen, seen,
                Stage.SHADOW,
                null, Map.of());
    }

    private Path file() {
        return folder.resolve("deep").resolve("reports.jsonl");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(file().getParent())) {
            return files.sorted().toList();
        }
    }

    @Test
    void writesOneObjectPerReport() throws IOException {
        try (JsonLinesSink sink = JsonLinesSink.to(file()).start()) {
            sink.accept(report(42, "HIGH\n\"quoted\""));
            sink.accept(report(43, null));
        }

        assertThat(Files.readAllLines(file())).containsExactly(
                "{\"at\": \"1970-01-01T00:00:00Z\", \"experiment_name\": \"e\", \"candidate_name\": \"c\", "
                        + "\"stage\": \"SHADOW\", \"finding\": \"results_match\", \"cause\": null, \"why\": null, "
                        + "\"cohort\": null, \"input\": \"42\", "
                        + "\"control\": {\"outcome\": \"returned\", \"value\": \"HIGH\\n\\\"quoted\\\"\", \"version\": 7, "
                        + "\"staleness_millis\": 3, \"duration_nanos\": 1500}, "
                        + "\"candidate\": {\"outcome\": \"returned\", \"value\": \"HIGH\\n\\\"quoted\\\"\", \"version\": 7, "
                        + "\"staleness_millis\": 3, \"duration_nanos\": 1500}}",
                report(43, null).json());
    }

    @Test
    void writesWhatALaboratoryFinds() throws IOException {
        JsonLinesSink sink = JsonLinesSink.to(file()).start();
        try (Laboratory lab = Laboratory.builder().sink(sink).build()) {
            Experiment<Integer, String, RuntimeException> experiment = lab.experiment("e")
                    .control((Integer input) -> "right")
                    .candidate("c", input -> switch (input) {
                        case 1 -> "right";
                        case 2 -> "wrong";
                        default -> throw new IllegalStateException("candidate");
                    })
                    .build();
            for (int input = 1; input <= 3; input++) {
                experiment.call(input);
                assertThat(lab.drain(WRITTEN)).isTrue();
            }
        }
        sink.close();

        assertThat(Files.readAllLines(file())).satisfiesExactly(
                line -> assertThat(line).contains("\"finding\": \"results_do_not_match\", \"cause\": \"diverged\"",
                        "\"input\": \"2\"", "\"value\": \"right\"", "\"value\": \"wrong\""),
                line -> assertThat(line).contains("\"finding\": \"candidate_failed\"", "\"outcome\": \"threw\"",
                        "\"value\": \"java.lang.IllegalStateException: candidate\""),
                line -> assertThat(line).contains("\"settlement\": \"unsettled\"", "\"input\": \"2\""));
    }

    @Test
    void writesMatchesOnlyIfToldTo() {
        try (JsonLinesSink without = JsonLinesSink.to(file()).start();
                JsonLinesSink with = JsonLinesSink.to(file()).matches(true).start()) {
            assertThat(without.wantsMatches()).isFalse();
            assertThat(with.wantsMatches()).isTrue();
        }
    }

    @Test
    void keepsTheNewestFilesAndNoneTooLarge() throws IOException {
        int line = report(100, "x").json().length() + 1;
        try (JsonLinesSink sink = JsonLinesSink.to(file()).maxBytes(5L * line).maxFiles(3).start()) {
            for (int i = 100; i < 152; i++) {
                sink.accept(report(i, "x"));
            }
        }

        assertThat(files()).extracting(path -> path.getFileName().toString())
                .containsExactly("reports.jsonl", "reports.jsonl.1", "reports.jsonl.2");
        for (Path path : files()) {
            assertThat(Files.size(path)).isLessThanOrEqualTo(5L * line);
        }
        List<String> kept = new ArrayList<>(Files.readAllLines(files().get(2)));
        kept.addAll(Files.readAllLines(files().get(1)));
        kept.addAll(Files.readAllLines(files().get(0)));
        assertThat(kept).isEqualTo(
                IntStream.range(140, 152).mapToObj(i -> report(i, "x").json()).toList());
    }

    @Test
    void keepsASingleFileWithinItsSize() throws IOException {
        try (JsonLinesSink sink = JsonLinesSink.to(file()).maxBytes(1024).maxFiles(1).start()) {
            for (int i = 0; i < 20; i++) {
                sink.accept(report(i, "x"));
            }
        }

        assertThat(files()).containsExactly(file());
        assertThat(Files.size(file())).isBetween(1L, 1024L);
        assertThat(Files.readAllLines(file())).last().isEqualTo(report(19, "x").json());
    }

    @Test
    void goesOnWhereAnEarlierProcessWasCut() throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), "whole\n{\"cut");

        try (JsonLinesSink sink = JsonLinesSink.to(file()).start()) {
            sink.accept(report(1, "x"));
        }

        assertThat(Files.readAllLines(file())).containsExactly("whole", "{\"cut", report(1, "x").json());
    }

    @Test
    void countsWhatCannotBeWrittenAndRecovers() throws IOException {
        Files.createDirectories(file()); // a directory stands where the file should
        try (JsonLinesSink sink = JsonLinesSink.to(file()).start()) {
            sink.accept(report(1, "lost"));
            await("the failure").atMost(WRITTEN).until(() -> sink.failures() == 1);
            Files.delete(file());

            sink.accept(report(2, "kept"));

            await("the next line").atMost(WRITTEN).until(() -> sink.written() == 1);
            assertThat(sink.failures()).isEqualTo(1);
        }
        assertThat(Files.readAllLines(file())).containsExactly(report(2, "kept").json());
    }

    @Test
    void countsALineThatNoFileCanHold() throws IOException {
        try (JsonLinesSink sink = JsonLinesSink.to(file()).maxBytes(1024).start()) {
            sink.accept(report("é".repeat(250), "é".repeat(250)));
            sink.accept(report(1, "x"));

            assertThat(sink.failures()).isEqualTo(1);
        }
        assertThat(Files.readAllLines(file())).containsExactly(report(1, "x").json());
    }

    @Test
    void survivesValuesThatCannotBeShown() throws IOException {
        Object hostile = new Object() {
            @Override
            public String toString() {
                throw new StackOverflowError("toString");
            }
        };
        try (JsonLinesSink sink = JsonLinesSink.to(file()).start()) {
            sink.accept(report(hostile, hostile));
        }

        assertThat(Files.readAllLines(file())).singleElement().asString()
                .contains("threw java.lang.StackOverflowError)");
    }

    @Test
    void waitsForNobodyWhileTheDiskHangs() throws IOException {
        Files.createDirectories(file().getParent());
        Path pipe = folder.resolve("pipe");
        Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
        await("a pipe that nobody reads").atMost(WRITTEN).until(() -> !made.isAlive());
        JsonLinesSink sink = JsonLinesSink.to(pipe).start();
        int reports = 5000;
        CountDownLatch handedOver = new CountDownLatch(reports);

        Thread.ofPlatform().daemon().start(() -> {
            for (int i = 0; i < reports; i++) {
                sink.accept(report(i, "x"));
                handedOver.countDown();
            }
        });

        await("all reports are taken").atMost(WRITTEN).until(() -> handedOver.getCount() == 0);
        assertThat(sink.written()).isZero();
        assertThat(sink.dropped()).isGreaterThanOrEqualTo(reports - 2 * 1024L);
        sink.close();
        assertThat(sink.dropped() + sink.failures()).isBetween(reports - 1024L, (long) reports);
    }

    @Test
    void countsWhatComesAfterTheEnd() {
        JsonLinesSink sink = JsonLinesSink.to(file()).start();
        sink.close();
        sink.close();

        sink.accept(report(1, "x"));

        assertThat(sink.dropped()).isEqualTo(1);
    }

    @Test
    void refusesSizesThatBoundNothing() {
        assertThatThrownBy(() -> JsonLinesSink.to(file()).maxBytes(1023)).hasMessageContaining("maxBytes");
        assertThatThrownBy(() -> JsonLinesSink.to(file()).maxFiles(0)).hasMessageContaining("maxFiles");
        assertThatThrownBy(() -> JsonLinesSink.to(file()).maxFiles(1001)).hasMessageContaining("maxFiles");
    }
}
