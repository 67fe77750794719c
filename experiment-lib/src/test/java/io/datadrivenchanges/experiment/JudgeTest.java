package io.datadrivenchanges.experiment;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/// What is made of what both did. What the functions of a plan throw is told, each under its name.
class JudgeTest {

    private static final long VERSION = 7;
    private static final Outcome.TimedOut<String> LATE = new Outcome.TimedOut<>(Duration.ofSeconds(1));
    private static final Outcome.NotRun<String> SHED = new Outcome.NotRun<>(Reason.SHED);

    private static final Ignore<String, Integer, String> BROKEN = (input, control, candidate) -> {
        throw new IllegalStateException("rule");
    };

    private final List<String> troubles = new ArrayList<>();
    private final Laboratory lab = Laboratory.create();

    @AfterEach
    void close() {
        lab.close();
    }

    /// A control that answers a number and a candidate that answers it as text.
    private Rest<String, Integer, String, RuntimeException> steps() {
        return lab.experiment("e")
                .control((String input) -> 1)
                .candidate("c", input -> "1", Comparing.by(number -> number, Integer::valueOf));
    }

    @SuppressWarnings("unchecked") // whatever describes a candidate is a draft
    private Judge<String, Integer, String> judge(Rest<String, Integer, String, RuntimeException> steps) {
        return new Judge<>(new Plan<>((Draft<String, Integer, String, ?>) steps),
                (at, thrown) -> troubles.add(at + " " + thrown.getMessage()));
    }

    private static Outcome.Returned<String> returned(String text) {
        return new Outcome.Returned<>(text);
    }

    private static Outcome.Threw<String> threw(Throwable thrown) {
        return new Outcome.Threw<>(thrown);
    }

    @Test
    void partsThatAreEqualMatchAtTheFirstOrSecondRead() {
        Judge<String, Integer, String> judge = judge(steps());

        assertThat(judge.returned(1, VERSION, returned("1"), false)).isEqualTo(new Finding.Match(false));
        assertThat(judge.returned(1, VERSION, returned("1"), true)).isEqualTo(new Finding.Match(true));
        assertThat(judge.returned(2, VERSION, returned("1"), true)).isInstanceOf(Finding.Mismatch.class);
    }

    @Test
    void candidateThatDidNotAnswerIsWhatItDid() {
        Judge<String, Integer, String> judge = judge(steps());
        Outcome<String> thrown = threw(new IOException("candidate"));

        assertThat(judge.returned(1, VERSION, thrown, false)).isEqualTo(new Finding.CandidateFailed(thrown, false));
        assertThat(judge.returned(1, VERSION, LATE, false)).isEqualTo(new Finding.CandidateFailed(LATE, false));
        assertThat(judge.returned(1, VERSION, SHED, false)).isEqualTo(new Finding.NotCompared(Reason.SHED));
    }

    @Test
    void controlThatThrewIsComparedWithWhatTheCandidateDid() {
        Judge<String, Integer, String> judge = judge(steps());
        IOException error = new IOException("control");
        Outcome<String> other = threw(new IOException("candidate"));

        assertThat(judge.threw(error, returned("1"), false)).isEqualTo(new Finding.ControlFailed(error));
        assertThat(judge.threw(error, other, false)).isEqualTo(new Finding.CandidateFailed(other, true));
        assertThat(judge.threw(error, LATE, false)).isEqualTo(new Finding.CandidateFailed(LATE, true));
        assertThat(judge.threw(error, SHED, false)).isEqualTo(new Finding.NotCompared(Reason.SHED));
    }

    @Test
    void errorsOfTheSameClassAndMessageMatchAtTheFirstOrSecondRead() {
        Judge<String, Integer, String> judge = judge(steps());
        IOException error = new IOException("same");

        assertThat(judge.threw(error, threw(new IOException("same")), false)).isEqualTo(new Finding.Match(false));
        assertThat(judge.threw(error, threw(new IOException("same")), true)).isEqualTo(new Finding.Match(true));
        assertThat(judge.threw(new IOException(), threw(new IOException()), false)).isEqualTo(new Finding.Match(false));
        assertThat(judge.threw(error, threw(new IllegalStateException("same")), false))
                .isInstanceOf(Finding.CandidateFailed.class);
        assertThat(judge.threw(error, threw(new IOException()), false)).isInstanceOf(Finding.CandidateFailed.class);
    }

    @Test
    void errorComparatorIsAskedWheneverOneThrew() {
        List<String> asked = new ArrayList<>();
        Judge<String, Integer, String> judge = judge(steps().comparingErrors((control, candidate) -> {
            asked.add(text(control) + ", " + text(candidate));
            return control == null;
        }));
        IOException error = new IOException("control");
        Outcome<String> other = threw(new IOException("candidate"));

        assertThat(judge.threw(error, other, false)).isEqualTo(new Finding.CandidateFailed(other, true));
        assertThat(judge.threw(error, returned("1"), false)).isEqualTo(new Finding.ControlFailed(error));
        assertThat(judge.returned(1, VERSION, other, true)).isEqualTo(new Finding.Match(true));
        assertThat(judge.returned(1, VERSION, LATE, false)).isEqualTo(new Finding.CandidateFailed(LATE, false));
        assertThat(asked).containsExactly("control, candidate", "control, none", "none, candidate");
    }

    private static String text(@Nullable Throwable thrown) {
        return thrown == null ? "none" : String.valueOf(thrown.getMessage());
    }

    @Test
    void comparisonThatThrowsIsToldAndIsWhatTheRunEndsIn() {
        IllegalStateException thrown = new IllegalStateException("errors");
        Judge<String, Integer, String> judge = judge(steps().comparingErrors((control, candidate) -> {
            throw thrown;
        }));

        assertThat(judge.threw(new IOException(), returned("1"), false))
                .isEqualTo(new Finding.ComparisonFailed(Operation.COMPARE, thrown));
        assertThat(judge.returned(1, VERSION, returned("one"), false))
                .isInstanceOfSatisfying(Finding.ComparisonFailed.class,
                        failed -> assertThat(failed.at()).isEqualTo(Operation.PROJECT));
        assertThat(troubles).containsExactly("COMPARE errors", "PROJECT For input string: \"one\"");
    }

    @Test
    void controlThatCannotBeProjectedCountsOnlyIfTheCandidateAnswered() {
        Judge<String, Integer, String> judge = judge(steps());
        IllegalStateException thrown = new IllegalStateException("part");
        Outcome<String> failed = threw(new IOException("candidate"));

        assertThat(judge.unprojected(thrown, returned("1")))
                .isEqualTo(new Finding.ComparisonFailed(Operation.PROJECT, thrown));
        assertThat(judge.unprojected(thrown, failed)).isEqualTo(new Finding.CandidateFailed(failed, false));
        assertThat(judge.unprojected(thrown, SHED)).isEqualTo(new Finding.NotCompared(Reason.SHED));
        assertThat(troubles).containsExactly("PROJECT part", "PROJECT part", "PROJECT part");
    }

    @Test
    void versionsAndStalenessAreWhatTheFunctionsSay() {
        Judge<String, Integer, String> judge = judge(steps().versions(control -> 8, candidate -> 9)
                .freshness(candidate -> Duration.ofMillis(12)));

        assertThat(judge.controlVersion(1)).isEqualTo(8);
        assertThat(judge.candidateVersion("1")).isEqualTo(9);
        assertThat(judge.staleness("1")).isEqualTo(Duration.ofMillis(12));
    }

    @Test
    void versionsAndStalenessThatNobodyAskedForAreUnknown() {
        Judge<String, Integer, String> judge = judge(steps());

        assertThat(judge.controlVersion(1)).isNegative();
        assertThat(judge.candidateVersion("1")).isNegative();
        assertThat(judge.staleness("1")).isNull();
        assertThat(troubles).isEmpty();
    }

    @Test
    void versionsAndStalenessWhoseFunctionsThrowAreUnknownAndThatIsTold() {
        Judge<String, Integer, String> judge = judge(steps()
                .versions(control -> {
                    throw new IllegalStateException("control");
                }, candidate -> {
                    throw new IllegalStateException("candidate");
                })
                .freshness(candidate -> {
                    throw new IllegalStateException("fresh");
                }));

        assertThat(judge.controlVersion(1)).isNegative();
        assertThat(judge.candidateVersion("1")).isNegative();
        assertThat(judge.staleness("1")).isNull();
        assertThat(troubles).containsExactly("VERSION control", "VERSION candidate", "FRESHNESS fresh");
    }

    @ParameterizedTest
    @CsvSource({"0, 0, false", "7, 0, false", "0, 7, false", "-1, 0, true", "0, -1, true", "-1, -1, true"})
    void requiredVersionsHaveToBeKnownAndZeroIs(long control, long candidate, boolean isIncomparable) {
        Judge<String, Integer, String> judge = judge(steps()
                .versions(value -> control, value -> candidate)
                .requireVersions(true));

        assertThat(judge.returned(1, control, returned("1"), false))
                .isEqualTo(isIncomparable ? new Finding.Incomparable("version unknown") : new Finding.Match(false));
    }

    @Test
    void comparatorMaySayThatItCannotTell() {
        Judge<String, Integer, String> judge = judge(lab.experiment("e")
                .control((String input) -> 1)
                .candidate("c", input -> "1",
                        Comparing.reasons((one, other) -> Comparison.incomparable("rebuilding"))));

        assertThat(judge.returned(1, VERSION, returned("1"), false)).isEqualTo(new Finding.Incomparable("rebuilding"));
    }

    @Test
    void firstRuleThatHoldsExplainsADifference() {
        Judge<String, Integer, String> judge = judge(steps()
                .ignore("never", (input, control, candidate) -> false)
                .ignore("always", (input, control, candidate) -> true)
                .ignore("later", BROKEN));

        assertThat(ruled(judge, differing())).isEqualTo(new Finding.Ignored("always"));
        assertThat(ruled(judge, new Finding.ControlFailed(new IOException()))).isEqualTo(new Finding.Ignored("always"));
        assertThat(ruled(judge, new Finding.CandidateFailed(threw(new IOException()), false)))
                .isEqualTo(new Finding.Ignored("always"));
        assertThat(troubles).isEmpty();
    }

    @Test
    void rulesAreNotAskedAboutAnythingElse() {
        Judge<String, Integer, String> judge = judge(steps().ignore("always", (input, control, candidate) -> true));

        for (Finding other : List.of(Judge.MATCH, new Finding.NotCompared(Reason.SHED),
                new Finding.CandidateFailed(LATE, false), new Finding.Incomparable("rebuilding"),
                new Finding.ComparisonFailed(Operation.COMPARE, new IOException()))) {
            assertThat(ruled(judge, other)).isSameAs(other);
        }
    }

    @Test
    void ruleThatThrowsIsToldAndTheOthersAreAsked() {
        Judge<String, Integer, String> judge = judge(steps()
                .ignore("broken", BROKEN));
        Judge<String, Integer, String> another = judge(steps()
                .ignore("broken", BROKEN)
                .ignore("holds", (input, control, candidate) -> true));
        Finding difference = differing();

        assertThat(ruled(judge, difference)).isSameAs(difference);
        assertThat(ruled(another, difference)).isEqualTo(new Finding.Ignored("holds"));
        assertThat(troubles).containsExactly("IGNORE rule", "IGNORE rule");
    }

    private static Finding ruled(Judge<String, Integer, String> judge, Finding finding) {
        return judge.unlessIgnored(finding, "input", new Outcome.Returned<>(1), returned("2"));
    }

    private static Finding differing() {
        return new Finding.Mismatch((Comparison.Differs) Comparison.differs("value", 1, 2));
    }
}
