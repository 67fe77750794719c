package io.datadrivenchanges.benchmarks.rebuild;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HandDecodingTest {

    @Test
    void readsWhatTheTopicIsWrittenWith() {
        assertThat(HandDecoding.courier(HandDecoding.utf8(CourierTopic.change(1)))).isEqualTo(
                new Courier(2, Long.MIN_VALUE, (byte) 'H'));
        assertThat(HandDecoding.courier(HandDecoding.utf8(CourierTopic.change(1_000_002)))).isEqualTo(
                new Courier(3, micros("2026-01-01T00:01:01.000122Z"), (byte) 'N'));
    }

    @Test
    void tellsCouriersFromMarkers() {
        assertThat(HandDecoding.isCourier(HandDecoding.utf8(CourierTopic.change(7)))).isTrue();
        assertThat(HandDecoding.isCourier(HandDecoding.utf8(CourierTopic.marker("COMPLETE", 7)))).isFalse();
        assertThat(HandDecoding.isControl(HandDecoding.utf8("@heartbeat"))).isTrue();
        assertThat(HandDecoding.courierId(HandDecoding.utf8("1000002"))).isEqualTo(1_000_002);
    }

    private static long micros(String time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(time));
    }
}
