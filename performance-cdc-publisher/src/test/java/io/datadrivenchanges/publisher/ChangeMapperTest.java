package io.datadrivenchanges.publisher;

import java.util.Map;

import io.datadrivenchanges.publisher.Change.Position;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ChangeMapperTest {
    @Test
    void takesThePositionThatAMarkWouldConfirm() {
        assertThat(ChangeMapper.read(Records.change("u", 1, "HIGH", 2, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"))
                .position()).isEqualTo(new Position(100, 120, "u", false));
        assertThat(ChangeMapper.read(Records.heartbeat(1, "2026-01-01T00:00:00Z")).position().confirms())
                .as("without a commit before it").isEqualTo(110);
        assertThat(ChangeMapper.read(Records.snapshot(1, "HIGH", 2, "2026-01-01T00:00:00Z")).position())
                .as("a snapshot row stands where the slot was created").isEqualTo(new Position(90, 120, "r", true));
    }

    @Test
    void tellsWhyCouriersDisappear() {
        assertThat(ChangeMapper.read(Records.removal("d"))).isInstanceOfSatisfying(Change.Removal.class,
                it -> assertThat(it.reason()).isEqualTo(Reason.ROW_DELETED));
        assertThat(ChangeMapper.read(Records.removal("t"))).isInstanceOfSatisfying(Change.Removal.class,
                it -> assertThat(it.reason()).isEqualTo(Reason.TABLE_TRUNCATED));
    }

    @Test
    void ignoresWhatIsNoChange() {
        var message = new SourceRecord(Map.of(), Map.of("lsn_commit", 7L), "x", Schema.STRING_SCHEMA, "x");

        assertThat(ChangeMapper.read(message)).isEqualTo(new Change.Irrelevant(new Position(7, 0, "", false)));
    }
}
