package io.datadrivenchanges.experiment;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.datadrivenchanges.experiment.testing.RecordingSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What counts as a difference: error comparators, rules, several candidates, references. The numbers are those of the conformance list.
class RulesTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final RecordingSink sink = new RecordingSink();
    private final Laboratory lab = Laboratory.builder().sink(sink).build();

    @AfterEach
    void close() {
        lab.close();
    }

    private Rest<String, String, String, IOException> inline(Fn<String, String, IOException> control,
            Fn<String, String, ?> candidate) {
        return lab.experiment("e").control(control).candidate("c", candidate).shadow(new Shadow.Inline());
    }

    private Summary quiet(Experiment<?, ?, ?> experiment) {
        assertThat(lab.drain(LIMIT)).isTrue();
        return experiment.summary();
    }

    @Test
    void c035_c038_errorComparatorReplacesTheRuleOfClassAndMessage() throws IOException {
        List<String> asked = new CopyOnWriteArrayList<>();
        Experiment<String, String, IOException> experiment = inline(input -> {
            if (input.startsWith("control")) {
                throw new IOException("same");
            }
            return "value";
        }, input -> {
            if (input.endsWith("candidate")) {
                throw new IOException("same");
            }
            return "value";
        }).comparingErrors((left, right) -> {
            asked.add((left == null ? "-" : left.getMessage()) + " " + (right == null ? "-" : right.getMessage()));
            return left == null;
        }).build();

        assertThatThrownBy(() -> experiment.call("control and candidate")).hasMessage("same");
        assertThatThrownBy(() -> experiment.call("control")).hasMessage("same");
        experiment.call("candidate");
        experiment.call("none");

        assertThat(asked).containsExactly("same same", "same -", "- same");
        Summary summary = quiet(experiment);
        assertThat(summary.count("both_failed")).isEqualTo(1);
        assertThat(summary.count("control_failed")).isEqualTo(1);
        assertThat(summary.count("results_match")).isEqualTo(2);
    }

    @Test
    void c040_throwingErrorComparatorIsAFailedComparison() {
        Experiment<String, String, IOException> experiment = inline(input -> {
            throw new IOException("control");
        }, input -> "a").comparingErrors((left, right) -> {
            throw new AssertionError("error comparator");
        }).build();

        assertThatThrownBy(() -> experiment.call("x")).hasMessage("control");

        assertThat(quiet(experiment).count("comparison_failed")).isEqualTo(1);
    }

    @Test
    void c100_failedCandidatesCountUnderTheExperimentsName() throws IOException {
        Experiment<String, String, IOException> experiment = inline(input -> "a", input -> {
            throw new IllegalStateException("candidate");
        }).build();

        experiment.call("x");

        assertThat(quiet(experiment).json()).contains("\"experiment_name\": \"e\"", "\"candidate_failed\": 1");
    }

    @Test
    void c042_c053_oneDifferingCandidateIsNotHiddenByOthers() throws IOException {
        Experiment<String, String, IOException> experiment = inline(input -> "a", input -> "a")
                .candidate("other", input -> "b")
                .shadow(new Shadow.Inline())
                .candidate("expected", input -> "c")
                .ignore("known", (input, control, candidate) -> true)
                .shadow(new Shadow.Inline())
                .build();

        assertThat(experiment.call("x")).isEqualTo("a");

        Summary summary = quiet(experiment);
        assertThat(summary.runs()).isEqualTo(3);
        assertThat(summary.count("results_match")).isEqualTo(1);
        assertThat(summary.count("results_do_not_match")).isEqualTo(1);
        assertThat(summary.count("ignored")).isEqualTo(1);
        assertThat(summary.sides()).extracting(Summary.Side::name).containsExactly("c", "other", "expected");
        assertThat(summary.sides().get(1).counts()).containsEntry("results_do_not_match", 1L);
        assertThat(sink.results()).extracting(Report.Result::candidate).containsExactlyInAnyOrder("c", "other",
                "expected");
    }

    @Test
    void c009_candidateOfTheSameNameIsRejected() {
        Rest<String, String, String, IOException> plan = inline(input -> "a", input -> "a")
                .candidate("c", input -> "b");

        assertThatIllegalArgumentException().isThrownBy(plan::build).withMessageContaining("'c'");
    }

    @Test
    void c043_controlAloneIsNotCompared() throws IOException {
        Fn<String, String, IOException> control = input -> "a";
        Experiment<String, String, IOException> experiment = lab.experiment("e").control(control).build();

        experiment.call("x");

        assertThat(quiet(experiment).enabled()).isFalse();
        assertThat(experiment.summary().count("results_match")).isZero();
        assertThat(sink.results()).isEmpty();
    }

    @Test
    void c016_failingReferenceIsContainedAndCountedApart() throws IOException {
        Experiment<String, String, IOException> experiment = inline(input -> "a", input -> "a")
                .reference("again", input -> {
                    throw new AssertionError("reference");
                }, Comparing.<String>byValue())
                .shadow(new Shadow.Inline())
                .build();

        assertThat(experiment.call("x")).isEqualTo("a");

        Summary summary = quiet(experiment);
        assertThat(summary.runs()).isEqualTo(1);
        assertThat(summary.count("candidate_failed")).isZero();
        assertThat(summary.sides().get(1).reference()).isTrue();
        assertThat(summary.sides().get(1).counts()).containsEntry("candidate_failed", 1L);
    }

    @Test
    void c048_withoutRulesNothingIsIgnored() throws IOException {
        Experiment<String, String, IOException> experiment = inline(input -> "a", input -> "b").build();

        experiment.call("x");

        assertThat(quiet(experiment).count("ignored")).isZero();
        assertThat(experiment.summary().count("results_do_not_match")).isEqualTo(1);
    }

    @Test
    void c049_c050_rulesAreAskedInOrderAboutDifferencesUntilOneHolds() throws IOException {
        List<String> asked = new CopyOnWriteArrayList<>();
        Experiment<String, String, IOException> experiment = inline(input -> "a", input -> input)
                .ignore("no", (input, control, candidate) -> !asked.add("no " + input))
                .ignore("yes", (input, control, candidate) -> asked.add("yes " + input))
                .ignore("late", (input, control, candidate) -> asked.add("late " + input))
                .build();

        experiment.call("a");
        experiment.call("b");

        assertThat(quiet(experiment).count("ignored")).isEqualTo(1);
        assertThat(asked).containsExactly("no b", "yes b");
        assertThat(sink.results().getLast().finding()).isEqualTo(new Finding.Ignored("yes"));
    }

    @Test
    void c051_throwingRuleCountsAsNoAndTheOthersAreTried() throws IOException {
        Experiment<String, String, IOException> experiment = inline(input -> "a", input -> "b")
                .ignore("broken", (input, control, candidate) -> {
                    throw new AssertionError("rule");
                })
                .ignore("holds", (input, control, candidate) -> true)
                .build();

        assertThat(experiment.call("x")).isEqualTo("a");

        assertThat(quiet(experiment).count("ignored")).isEqualTo(1);
        assertThat(sink.only().finding()).isEqualTo(new Finding.Ignored("holds"));
    }

    @Test
    void c052_ignoredIsNeitherMatchNorMismatch() throws IOException {
        Experiment<String, String, IOException> experiment = inline(input -> "a", input -> "b")
                .ignore("all", (input, control, candidate) -> true)
                .build();

        experiment.call("x");

        Summary summary = quiet(experiment);
        assertThat(summary.count("ignored")).isEqualTo(1);
        assertThat(summary.count("results_match")).isZero();
        assertThat(summary.count("results_do_not_match")).isZero();
    }

    @Test
    void c054_ruleSeesBothFullOutcomesErrorsIncluded() throws IOException {
        List<Outcome<String>> seen = new CopyOnWriteArrayList<>();
        IOException thrown = new IOException("control");
        Experiment<String, String, IOException> experiment = inline(input -> {
            if ("throw".equals(input)) {
                throw thrown;
            }
            return "a";
        }, input -> "b").ignore("all", (input, control, candidate) -> seen.add(control) && seen.add(candidate)).build();

        experiment.call("x");
        assertThatThrownBy(() -> experiment.call("throw")).isSameAs(thrown);

        assertThat(quiet(experiment).count("ignored")).isEqualTo(2);
        assertThat(seen).containsExactly(new Outcome.Returned<>("a"), new Outcome.Returned<>("b"),
                new Outcome.Threw<>(thrown), new Outcome.Returned<>("b"));
    }

    @Test
    void requiredVersionThatIsUnknownMakesIncomparable() throws IOException {
        AtomicInteger version = new AtomicInteger(-1);
        Experiment<String, String, IOException> experiment = inline(input -> "a", input -> "a")
                .versions(value -> 7, value -> version.get())
                .requireVersions(true)
                .build();

        experiment.call("x");
        version.set(7);
        experiment.call("x");

        assertThat(quiet(experiment).count("incomparable")).isEqualTo(1);
        assertThat(experiment.summary().count("results_match")).isEqualTo(1);
    }

    @Test
    void c117_whatIsNotProjectedDoesNotCountNorDoesTheEncoding() throws IOException {
        Fn<String, Map<String, Integer>, IOException> control = input -> Map.of("level", 2, "stamp", 1);
        Experiment<String, Map<String, Integer>, IOException> experiment = lab.experiment("e")
                .control(control)
                .candidate("c", input -> "{\"stamp\":9,\"level\":2}",
                        Comparing.by(value -> value.get("level"), json -> Integer.valueOf(json.replaceAll(
                                ".*level\":(\\d+).*", "$1"))))
                .shadow(new Shadow.Inline())
                .build();

        experiment.call("x");

        assertThat(quiet(experiment).count("results_match")).isEqualTo(1);
    }

    @Test
    void c118_changedMissingAndExtraEntriesAreFound() {
        Comparing<Map<String, Integer>, Map<String, Integer>> comparing = Comparing.byValue();
        Map<String, Integer> control = Map.of("a", 1, "b", 2);

        assertThat(comparing.judge(control, Map.of("a", 1, "b", 2))).isEqualTo(Comparison.equal());
        for (Map<String, Integer> other : List.of(Map.of("a", 1, "b", 3), Map.of("a", 1),
                Map.of("a", 1, "b", 2, "c", 3))) {
            assertThat(comparing.judge(control, other)).isInstanceOf(Comparison.Differs.class);
        }
    }
}
