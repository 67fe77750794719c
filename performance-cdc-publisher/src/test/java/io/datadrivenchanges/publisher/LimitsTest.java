package io.datadrivenchanges.publisher;

import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class LimitsTest {
    @ParameterizedTest
    @MethodSource("all")
    void aLeaderThatIsCutOffGivesUpBeforeAnotherOneLeads(Limits limits) {
        assertThat(limits.databaseSilence()).isLessThan(limits.leadSilence());
        assertThat(limits.databaseSilence().toSeconds()).as("none would be for ever").isPositive();
    }

    private static Stream<Limits> all() {
        return Stream.of(Limits.STANDARD, Pipe.SHORT);
    }
}
