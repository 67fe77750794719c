package io.datadrivenchanges.publisher;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PublisherHealthTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:10Z");

    private final PublisherStatus status = new PublisherStatus(Clock.fixed(NOW, ZoneOffset.UTC));
    private final PublisherHealth health = new PublisherHealth(status);

    @Test
    void isReadyWhileFreshChangesFlow() {
        status.enter(PublisherState.STREAMING, "");
        assertThat(verdict()).as("nothing came through yet").isEqualTo("OUT_OF_SERVICE");

        status.watermark(NOW.minusSeconds(5));
        assertThat(verdict()).isEqualTo("UP");

        status.watermark(NOW.minusMillis(5_001));
        assertThat(verdict()).isEqualTo("OUT_OF_SERVICE");
    }

    @Test
    void isNotReadyButHealthyInStandby() {
        status.enter(PublisherState.STANDBY, "another publisher leads");

        assertThat(verdict()).isEqualTo("STANDBY");
    }

    @Test
    void isDownWhereAPersonIsNeeded() {
        status.enter(PublisherState.BACKOFF, "PostgreSQL does not answer", false);
        assertThat(verdict()).isEqualTo("OUT_OF_SERVICE");

        status.enter(PublisherState.BACKOFF, "wrong publication", true);
        assertThat(verdict()).isEqualTo("DOWN");
        assertThat(health.health().getDetails()).containsEntry("reason", "wrong publication");
    }

    private String verdict() {
        return health.health().getStatus().getCode();
    }
}
