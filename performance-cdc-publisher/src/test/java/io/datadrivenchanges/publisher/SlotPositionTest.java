package io.datadrivenchanges.publisher;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SlotPositionTest {
    private static final Map<String, String> SOURCE = Map.of("server", "source");

    @Test
    void answersWithTheSlotUntilSomethingIsMarked() {
        var position = new SlotPosition(OptionalLong.of(4711));

        assertThat(position.offset(SOURCE)).isEqualTo(Map.of("lsn", 4711L, "lsn_commit", 4711L, "ts_usec", 0L));

        position.mark(Map.of("lsn", 4800L, "lsn_commit", 4790L));
        assertThat(position.offsets(List.of(SOURCE)))
                .isEqualTo(Map.of(SOURCE, Map.of("lsn", 4800L, "lsn_commit", 4790L)));
    }

    @Test
    void knowsNothingWithoutASlot() {
        var position = new SlotPosition(OptionalLong.empty());

        assertThat(position.offset(SOURCE)).isNull();
        assertThat(position.offsets(List.of(SOURCE))).isEmpty();
    }
}
