package io.datadrivenchanges.publisher;

import java.io.IOException;
import java.net.Socket;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PatientSocketFactoryTest {
    @Test
    void turnsTheDriversLookIntoAWait() throws IOException {
        try (Socket socket = new PatientSocketFactory().createSocket()) {
            socket.setSoTimeout(1);

            assertThat(socket.getSoTimeout()).isEqualTo(PatientSocketFactory.PATIENCE.toMillis());
        }
    }

    @Test
    void keepsEveryOtherLimit() throws IOException {
        try (Socket socket = new PatientSocketFactory().createSocket()) {
            socket.setSoTimeout(5_000);
            assertThat(socket.getSoTimeout()).isEqualTo(5_000);

            socket.setSoTimeout(0);
            assertThat(socket.getSoTimeout()).isZero();
        }
    }

    @Test
    void doesNotReachTheEnginesSleepBetweenTwoHeartbeats() {
        int looksBeforeTheSleep = 5;

        assertThat(PatientSocketFactory.PATIENCE.multipliedBy(looksBeforeTheSleep)).isGreaterThan(Heartbeat.INTERVAL);
    }
}
