package io.datadrivenchanges.experiment;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;

import io.datadrivenchanges.experiment.testing.RecordingSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Experiments that throw where the sides disagree. The numbers are those of the conformance list.
class StrictTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final RecordingSink sink = new RecordingSink();
    private final Laboratory lab = Laboratory.builder().sink(sink).strict(true).build();

    /// An error of the user's own.
    private static final class Disagreement extends AssertionError {
        Disagreement(Report.Result result) {
            super(result.experiment());
        }
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Rest<String, String, String, IOException> plan(boolean inline) {
        Fn<String, String, IOException> control = input -> {
            if (input.contains("control throws")) {
                throw new IOException("control");
            }
            return "a";
        };
        return lab.experiment("e").control(control).candidate("c", input -> {
            if (input.contains("candidate throws")) {
                throw new IllegalStateException("candidate");
            }
            return input;
        }).shadow(inline ? new Shadow.Inline() : new Shadow.Detached(4, LIMIT));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void c078_c084_throwsWithTheVeryResultThatIsPublished(boolean inline) {
        Experiment<String, String, IOException> experiment = plan(inline).build();

        assertThatExceptionOfType(MismatchError.class).isThrownBy(() -> experiment.call("b")).satisfies(error -> {
            assertThat(lab.drain(LIMIT)).isTrue();
            assertThat(error.result()).isSameAs(sink.only());
        }).withMessageContainingAll("'e'", "'c'", "value is a, but the candidate says b");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void c079_throwsWhereOneSideThrewWithThatAsCause(boolean inline) {
        Experiment<String, String, IOException> experiment = plan(inline).build();

        assertThatThrownBy(() -> experiment.call("control throws")).isInstanceOf(MismatchError.class)
                .hasCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> experiment.call("candidate throws")).isInstanceOf(MismatchError.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void c080_neverThrowsOnAMatch(boolean inline) throws IOException {
        assertThat(plan(inline).build().call("a")).isEqualTo("a");
    }

    @Test
    void neverThrowsOnWhatIsExpected() throws IOException {
        assertThat(plan(true).ignore("known", (input, control, candidate) -> true).build().call("b")).isEqualTo("a");
    }

    @Test
    void c081_catchingExceptionsDoesNotHideIt() {
        Experiment<String, String, IOException> experiment = plan(true).build();

        assertThatThrownBy(() -> {
            try {
                experiment.call("b");
            } catch (Exception hidden) {
                assertThat(hidden).isNull();
            }
        }).isInstanceOf(MismatchError.class);
    }

    @Test
    void c082_flagOfTheExperimentBeatsThatOfTheLaboratory() throws IOException {
        assertThat(plan(true).strict(false).build().call("b")).isEqualTo("a");

        try (Laboratory lenient = Laboratory.create()) {
            Experiment<String, String, RuntimeException> unset = lenient.experiment("unset")
                    .control((String input) -> "a")
                    .candidate("c", input -> "b")
                    .shadow(new Shadow.Inline())
                    .build();
            Experiment<String, String, RuntimeException> set = lenient.experiment("set")
                    .control((String input) -> "a")
                    .candidate("c", input -> "b")
                    .shadow(new Shadow.Inline())
                    .strict(true)
                    .build();

            assertThat(unset.call("x")).isEqualTo("a");
            assertThatThrownBy(() -> set.call("x")).isInstanceOf(MismatchError.class);
        }
    }

    @Test
    void c083_errorIsReadableHasItsStackAndIsSerialisable() throws IOException, ClassNotFoundException {
        Experiment<String, String, IOException> experiment = plan(true).build();
        MismatchError error = null;
        try {
            experiment.call("b");
        } catch (MismatchError thrown) {
            error = thrown;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(error);
        }

        Object read;
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            read = in.readObject();
        }

        assertThat(read).isInstanceOfSatisfying(MismatchError.class, copy -> {
            assertThat(copy).hasMessageContaining("but the candidate says b");
            assertThat(copy.getStackTrace()).isNotEmpty();
        });
    }

    @Test
    void c083_ownTypeOfErrorIsPossible() {
        Experiment<String, String, IOException> experiment = plan(true).strict(Disagreement::new).build();

        assertThatThrownBy(() -> experiment.call("b")).isInstanceOf(Disagreement.class).hasMessage("e");
    }

    @Test
    void ownErrorThatCannotBeMadeIsReplacedByTheStandardOne() {
        Experiment<String, String, IOException> experiment = plan(true).strict(result -> {
            throw new IllegalStateException("no error");
        }).build();

        assertThatThrownBy(() -> experiment.call("b")).isInstanceOf(MismatchError.class);
    }

    @Test
    void severalCandidatesThatDisagreeAreAllNamed() {
        Experiment<String, String, IOException> experiment = plan(true).candidate("second", input -> "z")
                .shadow(new Shadow.Inline())
                .build();

        assertThatThrownBy(() -> experiment.call("b")).isInstanceOf(MismatchError.class).satisfies(
                error -> assertThat(error.getSuppressed()).singleElement()
                        .satisfies(second -> assertThat(second).hasMessageContaining("'second'")));
    }
}
