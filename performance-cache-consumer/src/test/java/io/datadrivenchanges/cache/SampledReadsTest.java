package io.datadrivenchanges.cache;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import static io.datadrivenchanges.cache.PerformanceLevel.HIGH;
import static io.datadrivenchanges.cache.PerformanceLevel.NORMAL;
import static org.assertj.core.api.Assertions.assertThat;

class SampledReadsTest {
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void judgesAReadOfTheNewestVersionAsFresh() {
        var topic = lookUp(Topic.ready(), 42);
        assertJudged(topic, 0, 0, 0);

        topic.pass(SECOND).heartbeat(5);

        assertJudged(topic, 1, 0, 0);
    }

    @Test
    void judgesAReadAsStaleByTheTimeSinceTheNextVersionWasCommitted() {
        var topic = Topic.ready();
        long committed = topic.nowMicros();
        lookUp(topic.pass(Duration.ofMillis(250)), 42);

        topic.pass(SECOND).read(new TopicRecord.Change(5, 42, NORMAL, 8, committed));

        assertJudged(topic, 0, 1, 0);
        assertThat(topic.copy.consistency().stalest()).isEqualTo(Duration.ofMillis(250));
        assertThat(topic.copy.consistency().scales()).containsExactly(
                new Consistency.Scale(Duration.ofMillis(1), 1, 1),
                new Consistency.Scale(Duration.ofMillis(10), 1, 1),
                new Consistency.Scale(Duration.ofMillis(100), 1, 1),
                new Consistency.Scale(Duration.ofSeconds(1), 0, 1),
                new Consistency.Scale(Duration.ofSeconds(10), 0, 1));
    }

    @Test
    void judgesAReadBeforeTheNextCommitAsFresh() {
        var topic = lookUp(Topic.ready(), 42).pass(MILLISECOND).change(5, 42, 8, NORMAL);

        assertJudged(topic, 1, 0, 0);
    }

    @Test
    void judgesAnAnswerThatThereIsNoSuchCourier() {
        var topic = Topic.ready();
        long committed = topic.nowMicros();
        lookUp(topic.pass(MILLISECOND), 43).read(new TopicRecord.Change(5, 43, NORMAL, 1, committed));

        assertJudged(topic, 0, 1, 0);
    }

    @Test
    void judgesASampleThatArrivesAfterTheChange() {
        var generation = new Generation(5, 1);
        var reads = new SampledReads(1, () -> Instant.EPOCH.plusSeconds(10), Duration.ZERO, 0);
        reads.answering(generation);
        generation.entries().offer(new TopicRecord.Change(5, 42, HIGH, 8, 7_000_000));

        reads.offer(generation, 42, 7, 0);
        reads.beat(0, 60_000_000);

        assertThat(reads.consistency().stale()).isEqualTo(1);
        assertThat(reads.consistency().stalest()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void leavesUnjudgedWhatNobodyCanTell() {
        assertJudged(lookUp(Topic.ready(), 42)
                .read(new TopicRecord.Change(5, 42, HIGH, 8, TopicRecord.NO_COMMIT_TIME)), 0, 0, 1);
        assertJudged(lookUp(Topic.ready(), 42).change(5, 42, 9, HIGH), 0, 0, 1);
        assertJudged(lookUp(Topic.ready(), 42).read(new TopicRecord.MalformedChange(42, 5, 8, "why")), 0, 0, 1);
        assertJudged(lookUp(Topic.ready(), 42).change(5, 42, 7, NORMAL), 0, 0, 1);
        assertJudged(lookUp(Topic.ready(), 42).building(6).complete(6, 0).heartbeat(6), 0, 0, 1);

        var silenced = lookUp(Topic.ready(), 42);
        silenced.copy.silence(CacheState.REBUILDING, Lookup.Reason.REBUILDING);
        assertJudged(silenced, 0, 0, 1);
    }

    @Test
    void samplesNoMoreThanOneReadAMillisecond() {
        var topic = lookUp(lookUp(lookUp(Topic.ready(), 42), 42), 43);
        lookUp(topic.pass(MILLISECOND), 42).pass(SECOND).heartbeat(5);

        assertJudged(topic, 2, 0, 0);
    }

    @Test
    void samplesNoReadThatWasNotAnswered() {
        var topic = lookUp(Topic.ready().pass(Duration.ofMinutes(1)), 42).heartbeat(5).pass(SECOND).heartbeat(5);

        assertJudged(topic, 0, 0, 0);
    }

    @Test
    void keepsNoMoreSamplesThanItsLimit() {
        var topic = Topic.ready();
        for (int i = 0; i < 2500; i++) {
            lookUp(topic, 42).pass(MILLISECOND);
        }
        topic.pass(SECOND).heartbeat(5);
        assertJudged(topic, 2000, 0, 0);

        lookUp(topic, 42).pass(SECOND).heartbeat(5);
        assertJudged(topic, 2001, 0, 0);
    }

    @Test
    void waitsForTheHeartbeatsOfAllPartitions() {
        var topic = new Topic(2, Duration.ZERO).building(5);
        topic.read(0, new TopicRecord.Marker(5, true, 0)).read(1, new TopicRecord.Marker(5, true, 0)).heartbeat(5)
                .caughtUp();
        lookUp(topic, 42).pass(SECOND).heartbeat(5);
        lookUp(topic, 42).pass(SECOND).read(0, new TopicRecord.Heartbeat(5, topic.nowMicros()));
        assertJudged(topic, 1, 0, 0);

        topic.read(1, new TopicRecord.Heartbeat(5, topic.nowMicros()));
        assertJudged(topic, 2, 0, 0);
    }

    @Test
    void takesAHeartbeatForProofOnlyBeyondTheErrorOfTheClocks() {
        var topic = new Topic(1, SECOND).building(5).complete(5, 0).heartbeat(5).caughtUp();
        lookUp(topic, 42).pass(SECOND).heartbeat(5);
        assertJudged(topic, 0, 0, 0);

        topic.pass(SECOND).heartbeat(5);
        assertJudged(topic, 1, 0, 0);
    }

    @Test
    void claimsNoMoreNinesThanTheReadsCanShow() {
        assertThat(new Consistency.Scale(SECOND, 0, 3000).nines()).isEqualTo(3);
        assertThat(new Consistency.Scale(SECOND, 1, 3000).nines()).isEqualTo(3);
        assertThat(new Consistency.Scale(SECOND, 30, 3000).nines()).isEqualTo(2);
        assertThat(new Consistency.Scale(SECOND, 2, 2).nines()).isZero();
        assertThat(new Consistency.Scale(SECOND, 0, 0).nines()).isNaN();
    }

    @Test
    void saysThatNothingIsSampledWhereTheCacheIsOff() {
        assertThat(PerformanceCache.disabled().consistency().scales()).isEmpty();
    }

    private static Topic lookUp(Topic topic, long courierId) {
        topic.copy.lookup(courierId);
        return topic;
    }

    private static void assertJudged(Topic topic, long fresh, long stale, long unjudged) {
        Consistency consistency = topic.copy.consistency();
        assertThat(consistency.fresh()).as("fresh").isEqualTo(fresh);
        assertThat(consistency.stale()).as("stale").isEqualTo(stale);
        assertThat(consistency.unjudged()).as("unjudged").isEqualTo(unjudged);
    }
}
