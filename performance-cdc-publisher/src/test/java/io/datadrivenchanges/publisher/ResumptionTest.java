package io.datadrivenchanges.publisher;

import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;

import io.datadrivenchanges.publisher.Marker.State;
import io.datadrivenchanges.publisher.Resumption.Continue;
import io.datadrivenchanges.publisher.Resumption.NewGeneration;
import io.datadrivenchanges.publisher.SourceState.Slot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ResumptionTest {
    private static final long NOW = 1_000;
    private static final Marker COMPLETE = marker(500, State.COMPLETE, "system", 1);

    @Test
    void continuesAtTheSlotWhenTheTopicReachesIt() {
        assertThat(decide(source(50, 100), topic(COMPLETE, 50))).isEqualTo(new Continue(50, Map.of(0, COMPLETE)));
        assertThat(decide(source(50, 100), topic(COMPLETE, 100))).isEqualTo(new Continue(50, Map.of(0, COMPLETE)));
    }

    @Test
    void startsOverWhenChangesCouldBeMissing() {
        assertThat(reason(source(51, 100), topic(COMPLETE, 50))).isEqualTo(Reason.SLOT_AHEAD);
        assertThat(reason(source(50, 99), topic(COMPLETE, 100))).isEqualTo(Reason.DATABASE_BEHIND);
        assertThat(reason(source(null), topic(COMPLETE, 50))).isEqualTo(Reason.SLOT_MISSING);
        assertThat(reason(source(new Slot(false, 50)), topic(COMPLETE, 50))).isEqualTo(Reason.SLOT_INVALIDATED);
        assertThat(reason(source(50, 100),
                new TopicState(Map.of(0, COMPLETE), OptionalLong.empty(), OptionalLong.empty())))
                .isEqualTo(Reason.NO_POSITION);
    }

    @Test
    void startsOverWhenTheDatabaseIsBehindWhatReadersHaveSeenAlthoughItWasNeverCommitted() {
        var shown = new TopicState(Map.of(0, COMPLETE), OptionalLong.of(50), OptionalLong.of(101));

        assertThat(reason(source(50, 100), shown)).isEqualTo(Reason.DATABASE_BEHIND);
        assertThat(decide(source(50, 101), shown)).isEqualTo(new Continue(50, Map.of(0, COMPLETE)));
        assertThat(reason(source(51, 200), shown)).as("what is not committed is not kept")
                .isEqualTo(Reason.SLOT_AHEAD);
    }

    @Test
    void startsOverWhenTheGenerationIsNotWholeOrNotOurs() {
        assertThat(reason(source(50, 100), new TopicState(Map.of(), OptionalLong.empty(), OptionalLong.empty())))
                .isEqualTo(Reason.NO_MARKER);
        assertThat(reason(source(50, 100), topic(marker(500, State.BUILDING, "system", 1), 60)))
                .isEqualTo(Reason.INCOMPLETE);
        assertThat(reason(source(50, 100), topic(marker(500, State.COMPLETE, "other", 1), 60)))
                .isEqualTo(Reason.OTHER_SYSTEM);
        assertThat(reason(source(50, 100), topic(marker(500, State.COMPLETE, "system", 2), 60)))
                .isEqualTo(Reason.OTHER_TIMELINE);
    }

    @Test
    void demandsTheSameGenerationInEveryPartition() {
        var partial = topic(COMPLETE, 60);
        var mixed = new TopicState(Map.of(0, COMPLETE, 1, marker(499, State.COMPLETE, "system", 1)),
                OptionalLong.of(60), OptionalLong.of(60));

        assertThat(Resumption.decide(source(50, 100), partial, 2, null, NOW))
                .isEqualTo(new NewGeneration(Reason.INCOMPLETE, NOW));
        assertThat(Resumption.decide(source(50, 100), mixed, 2, null, NOW))
                .isEqualTo(new NewGeneration(Reason.INCOMPLETE, NOW));
    }

    @Test
    void obeysADemand() {
        assertThat(Resumption.decide(source(50, 100), topic(COMPLETE, 50), 1, Reason.ROW_DELETED, NOW))
                .isEqualTo(new NewGeneration(Reason.ROW_DELETED, NOW));
    }

    @Test
    void numbersRiseEvenWhenTheClockWentBack() {
        assertThat(decide(source(null), topic(marker(5_000, State.COMPLETE, "system", 1), 50)))
                .isEqualTo(new NewGeneration(Reason.SLOT_MISSING, 5_001));
    }

    private static Resumption decide(SourceState source, TopicState topic) {
        return Resumption.decide(source, topic, 1, null, NOW);
    }

    private static @Nullable Reason reason(SourceState source, TopicState topic) {
        return decide(source, topic) instanceof NewGeneration(Reason reason, _) ? reason : null;
    }

    private static SourceState source(long confirmed, long written) {
        return new SourceState("system", 1, written, new Slot(true, confirmed));
    }

    private static SourceState source(@Nullable Slot slot) {
        return new SourceState("system", 1, 100, slot);
    }

    private static TopicState topic(Marker marker, long reaches) {
        return new TopicState(Map.of(0, marker), OptionalLong.of(reaches), OptionalLong.of(reaches));
    }

    private static Marker marker(long generation, State state, String system, int timeline) {
        return new Marker(generation, state, 3, system, timeline, Reason.NO_MARKER, Instant.EPOCH);
    }
}
