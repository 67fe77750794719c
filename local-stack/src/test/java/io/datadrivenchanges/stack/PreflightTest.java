package io.datadrivenchanges.stack;

import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PreflightTest {

    @Test
    void namesTheVariableOfATakenPort() {
        assertThatThrownBy(() -> Preflight.ports(Map.of(Part.KAFKA, 4711), port -> port != 4711))
                .isInstanceOf(StackException.class)
                .hasMessage("Port 4711 for Kafka is taken: end what uses it, or choose another with KAFKA_PORT.");
    }

    @Test
    void refusesOnePortForTwoParts() {
        assertThatThrownBy(() -> Preflight.ports(Map.of(Part.PAYMENTS, 8081), _ -> true))
                .isInstanceOf(StackException.class)
                .hasMessageContaining("Port 8081 is meant for both incentives-service and payments-service")
                .hasMessageContaining("PAYMENTS_PORT");
    }

    @Test
    void takesFreePorts() {
        assertThatCode(() -> Preflight.ports(Map.of(), _ -> true)).doesNotThrowAnyException();
    }

    @Test
    void saysHowMuchMemoryIsMissing() {
        assertThatThrownBy(() -> Preflight.memory(512L << 20)).isInstanceOf(StackException.class)
                .hasMessage("Too little memory: 512 MB are available, 2000 MB are needed.");
        assertThatCode(() -> Preflight.memory(Preflight.MIN_MEMORY)).doesNotThrowAnyException();
    }

    @Test
    void saysHowMuchDiskIsMissing() {
        assertThatThrownBy(() -> Preflight.disk(10L << 20, Path.of("/tmp"))).isInstanceOf(StackException.class)
                .hasMessageStartingWith("Too little space on disk: 10 MB are free in /tmp, 1500 MB are needed.");
        assertThatCode(() -> Preflight.disk(Preflight.MIN_DISK, Path.of("/tmp"))).doesNotThrowAnyException();
    }
}
