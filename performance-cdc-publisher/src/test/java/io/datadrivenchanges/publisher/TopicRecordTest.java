package io.datadrivenchanges.publisher;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TopicRecordTest {
    private static final DateTimeFormatter PINNED = DateTimeFormatter
            .ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Test
    void writesAnyMomentAsTheFormSays() {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        for (int i = 0; i < 10_000; i++) {
            Instant moment = Instant.EPOCH.plus(random.nextLong(8_000L * 365 * 86_400 * 1_000_000), ChronoUnit.MICROS);
            var change = new Change.Courier(new Change.Position(1, 1, "u", false), 7, "HIGH", 3, moment, moment);

            assertThat(TopicRecord.of(change, 5).value()).as("seed %d", seed)
                    .endsWith(",\"updatedAt\":\"" + PINNED.format(moment) + "\",\"committedAt\":\""
                            + PINNED.format(moment) + "\"}");
        }
    }
}
