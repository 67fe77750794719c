package io.datadrivenchanges.benchmarks.misbehaviour;

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
}
