package io.datadrivenchanges.benchmarks.misbehaviour;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConductTest {

    @ParameterizedTest
    @EnumSource
    void callersOfOursGetWhatTheControlDidAndAreCounted(Misbehaviour misbehaviour) throws InterruptedException {
        assertThat(Conduct.of(Contender.INLINE, misbehaviour)).hasToString("as the control");
        assertThat(Conduct.of(Contender.DETACHED, misbehaviour)).hasToString("as the control");
    }

    @ParameterizedTest
    @EnumSource
    void readmeOfTheLibraryPromisesThat(Misbehaviour misbehaviour) throws IOException {
        assertThat(Files.readAllLines(Path.of("../experiment-lib/README.md")))
                .anyMatch(line -> line.startsWith("| " + misbehaviour + " | as the control | as the control | "));
    }
}
