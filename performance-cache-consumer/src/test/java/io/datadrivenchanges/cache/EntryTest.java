package io.datadrivenchanges.cache;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.datadrivenchanges.cache.TopicRecord.NO_COMMIT_TIME;
import static org.assertj.core.api.Assertions.assertThat;

class EntryTest {
    private static final long LATEST = Instant.parse("+10000-01-01T00:00:00Z").getEpochSecond() * 1_000_000 - 1;

    @ParameterizedTest
    @EnumSource
    void holdsEachLevelBesideEachTime(PerformanceLevel level) {
        for (long micros : List.of(NO_COMMIT_TIME, 0L, 1L, LATEST)) {
            var entry = Entry.of(new TopicRecord.Change(5, 42, level, Long.MAX_VALUE, micros));

            assertThat(entry.isPoisoned()).isFalse();
            assertThat(entry.level()).isEqualTo(level);
            assertThat(entry.version()).isEqualTo(Long.MAX_VALUE);
            assertThat(entry.committedMicros()).isEqualTo(micros);
        }
    }

    @Test
    void isPoisonedWithoutATime() {
        var entry = Entry.poisoned(7);

        assertThat(entry.isPoisoned()).isTrue();
        assertThat(entry.version()).isEqualTo(7);
        assertThat(entry.committedAt()).isNull();
    }
}
