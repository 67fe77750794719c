package io.datadrivenchanges.cache;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import static io.datadrivenchanges.cache.PerformanceLevel.HIGH;
import static io.datadrivenchanges.cache.PerformanceLevel.NORMAL;
import static io.datadrivenchanges.cache.PerformanceLevel.OUTSTANDING;
import static org.assertj.core.api.Assertions.assertThat;

class LocalCopyTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void knowsWhatWasApplied() {
        var topic = Topic.ready();

        assertThat(topic.copy.lookup(42)).isEqualTo(
                new Lookup.Known(HIGH, 7, Instant.parse("2026-01-01T00:00:00Z"), Duration.ZERO));
        assertThat(topic.copy.lookup(43)).isEqualTo(new Lookup.Absent(Duration.ZERO));
        assertThat(topic.copy.status(0, "following")).isEqualTo(
                new CacheStatus(CacheState.READY, 5, 1, 0, Duration.ZERO, "following"));
    }

    @Test
    void knowsNoCommitTimeOfASnapshotRow() {
        var topic = Topic.ready().read(new TopicRecord.Change(5, 43, NORMAL, 1, TopicRecord.NO_COMMIT_TIME));

        assertThat(topic.copy.lookup(43)).isEqualTo(new Lookup.Known(NORMAL, 1, null, Duration.ZERO));
    }

    @Test
    void ignoresOlderVersion() {
        var topic = Topic.ready().change(5, 42, 6, NORMAL).change(5, 42, 7, HIGH);

        assertThat(known(topic, 42)).isEqualTo(7);
        assertThat(topic.counts.ignored(Counts.Ignored.OLDER).sum()).isEqualTo(1);
        assertThat(topic.counts.ignored(Counts.Ignored.DUPLICATE).sum()).isEqualTo(1);
    }

    @Test
    void isNotReadyBeforeTheEndThatTheTopicHadAtTheStart() {
        var topic = new Topic().building(5).change(5, 42, 7, HIGH).complete(5, 1).heartbeat(5);

        assertUnknown(topic, 42, Lookup.Reason.STARTING, CacheState.STARTING);

        topic.caughtUp();

        assertThat(known(topic, 42)).isEqualTo(7);
    }

    @Test
    void isNotReadyWithoutTheMarkerThatTheSnapshotIsComplete() {
        var topic = new Topic().building(5).change(5, 42, 7, HIGH).heartbeat(5).caughtUp();

        assertUnknown(topic, 42, Lookup.Reason.STARTING, CacheState.STARTING);
        assertUnknown(topic, 43, Lookup.Reason.STARTING, CacheState.STARTING);

        topic.complete(5, 1);

        assertThat(known(topic, 42)).isEqualTo(7);
    }

    @Test
    void isNotReadyWhileACourierOfTheSnapshotIsMissing() {
        var topic = new Topic().building(5).change(5, 42, 7, HIGH).complete(5, 2).heartbeat(5).caughtUp();

        assertUnknown(topic, 42, Lookup.Reason.STARTING, CacheState.STARTING);

        topic.change(5, 43, 9, NORMAL);

        assertThat(known(topic, 42)).isEqualTo(7);
    }

    @Test
    void isNotReadyWithoutAFreshHeartbeat() {
        var topic = new Topic().building(5).change(5, 42, 7, HIGH).complete(5, 1).caughtUp();

        assertUnknown(topic, 42, Lookup.Reason.STALE, CacheState.DEGRADED);
        assertThat(topic.copy.status(0, "").staleness()).isNull();

        topic.heartbeat(5, Duration.ofHours(1));

        assertUnknown(topic, 42, Lookup.Reason.STALE, CacheState.DEGRADED);

        topic.heartbeat(5);

        assertThat(known(topic, 42)).isEqualTo(7);
    }

    @Test
    void isReadyOnceEveryPartitionIsCompleteAndBeats() {
        var topic = new Topic(2, Duration.ZERO).building(5);
        topic.read(0, new TopicRecord.Change(5, 42, HIGH, 7, topic.nowMicros()));
        topic.read(0, new TopicRecord.Marker(5, true, 1)).caughtUp();
        assertUnknown(topic, 42, Lookup.Reason.STARTING, CacheState.STARTING);

        topic.read(1, new TopicRecord.Marker(5, true, 0));
        topic.read(0, new TopicRecord.Heartbeat(5, topic.nowMicros()));
        assertUnknown(topic, 42, Lookup.Reason.STALE, CacheState.DEGRADED);

        topic.read(1, new TopicRecord.Heartbeat(5, topic.nowMicros() - 2_000_000));
        assertThat(topic.copy.lookup(1)).isEqualTo(new Lookup.Absent(SECOND.multipliedBy(2)));
    }

    @Test
    void growsTheBoundWhileNoHeartbeatComes() {
        var topic = Topic.ready().heartbeat(5, Duration.ofMillis(200)).pass(SECOND).pass(SECOND);
        assertThat(topic.copy.lookup(43)).isEqualTo(new Lookup.Absent(Duration.ofSeconds(2)));

        topic.pass(SECOND.plusNanos(1));
        assertUnknown(topic, 42, Lookup.Reason.STALE, CacheState.DEGRADED);

        topic.heartbeat(5, Duration.ofMillis(200));
        assertThat(topic.copy.lookup(43)).isEqualTo(new Lookup.Absent(Duration.ofMillis(200)));
    }

    @Test
    void addsTheErrorOfTheClocks() {
        var topic = new Topic(1, SECOND).building(5).complete(5, 0).heartbeat(5).caughtUp();

        assertThat(topic.copy.lookup(1)).isEqualTo(new Lookup.Absent(SECOND));
    }

    @Test
    void keepsABetterProofWhenAnOlderHeartbeatIsReplayed() {
        var topic = Topic.ready().heartbeat(5, Duration.ofDays(100_000)).heartbeat(5, SECOND);

        assertThat(topic.copy.lookup(43)).isEqualTo(new Lookup.Absent(Duration.ZERO));
    }

    @Test
    void takesTheFirstHeartbeatHoweverOld() {
        var topic = new Topic().building(5).complete(5, 0).caughtUp()
                .read(new TopicRecord.Heartbeat(5, Long.MIN_VALUE + 1)).heartbeat(5);

        assertThat(topic.copy.lookup(43)).isEqualTo(new Lookup.Absent(Duration.ZERO));
    }

    @Test
    void doesNotFollowAJumpOfTheWallClock() {
        var forward = Topic.ready().jumpWallClock(Duration.ofHours(1)).pass(SECOND);
        assertThat(forward.copy.lookup(43)).isEqualTo(new Lookup.Absent(SECOND));

        var back = Topic.ready().jumpWallClock(Duration.ofHours(-1)).pass(SECOND.multipliedBy(4));
        assertUnknown(back, 42, Lookup.Reason.STALE, CacheState.DEGRADED);
    }

    @Test
    void servesTheOldGenerationUntilTheNewOneIsComplete() {
        var topic = Topic.ready().building(6).change(6, 43, 3, NORMAL);
        assertThat(known(topic, 42)).isEqualTo(7);
        assertThat(topic.copy.lookup(43)).isInstanceOf(Lookup.Absent.class);

        topic.heartbeat(6).complete(6, 1);

        assertThat(topic.copy.lookup(42)).isInstanceOf(Lookup.Absent.class);
        assertThat(known(topic, 43)).isEqualTo(3);
        assertThat(topic.copy.status(0, "").generation()).isEqualTo(6);
    }

    @Test
    void servesTheOldGenerationUntilTheNewOneBeats() {
        var topic = Topic.ready().building(6).change(6, 42, 8, NORMAL).complete(6, 1);
        assertThat(known(topic, 42)).isEqualTo(7);

        topic.heartbeat(6);
        assertThat(known(topic, 42)).isEqualTo(8);
    }

    @Test
    void doesNotTakeHeartbeatsOfTheNewGenerationAsProofForTheOld() {
        var topic = Topic.ready().building(6).pass(SECOND.multipliedBy(4)).heartbeat(6);

        assertUnknown(topic, 42, Lookup.Reason.STALE, CacheState.DEGRADED);
    }

    @Test
    void ignoresALowerGeneration() {
        var topic = Topic.ready().building(6).change(5, 42, 8, NORMAL).complete(5, 1).heartbeat(5)
                .read(new TopicRecord.MalformedChange(42, 5, 9, "unknown level"))
                .read(new TopicRecord.MalformedKey(5, "no courier"));

        assertThat(known(topic, 42)).isEqualTo(7);
        assertThat(topic.counts.ignored(Counts.Ignored.SUPERSEDED).sum()).isEqualTo(5);
    }

    @Test
    void dropsAnUnfinishedGenerationForAHigherOne() {
        var topic = Topic.ready().building(6).change(6, 42, 9, NORMAL).building(7).complete(7, 0).heartbeat(7);

        assertThat(topic.copy.lookup(42)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void leavesAGenerationThatChangesInTheMiddleOfTheReplay() {
        var topic = new Topic().building(5).change(5, 41, 2, HIGH).change(5, 42, 7, HIGH)
                .building(6).change(6, 42, 8, NORMAL).caughtUp();
        assertUnknown(topic, 42, Lookup.Reason.STARTING, CacheState.STARTING);

        topic.change(5, 42, 9, HIGH).complete(5, 2).heartbeat(5);
        assertUnknown(topic, 42, Lookup.Reason.STARTING, CacheState.STARTING);

        topic.complete(6, 1).heartbeat(6);
        assertThat(known(topic, 42)).isEqualTo(8);
        assertThat(topic.copy.lookup(41)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void opensAGenerationWhoseBeginningWasCompactedAway() {
        var topic = new Topic().change(4, 41, 1, NORMAL).change(5, 42, 7, HIGH).complete(5, 1).heartbeat(5).caughtUp();

        assertThat(known(topic, 42)).isEqualTo(7);
        assertThat(topic.copy.lookup(41)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void doesNotKnowAPoisonedCourierUntilAHigherVersionComes() {
        var topic = Topic.ready().change(5, 43, 1, NORMAL).read(new TopicRecord.MalformedChange(42, 5, 9, "why"));
        assertUnknown(topic, 42, Lookup.Reason.POISONED, CacheState.READY);
        assertThat(known(topic, 43)).isEqualTo(1);

        topic.change(5, 42, 8, HIGH).change(5, 42, 9, HIGH);
        assertUnknown(topic, 42, Lookup.Reason.POISONED, CacheState.READY);

        topic.change(5, 42, 10, OUTSTANDING);
        assertThat(known(topic, 42)).isEqualTo(10);
    }

    @Test
    void poisonsTheVersionAtHandWhenTheRecordNamesNone() {
        var topic = Topic.ready().read(new TopicRecord.MalformedChange(42, 0, 0, "null")).change(5, 42, 7, HIGH);
        assertUnknown(topic, 42, Lookup.Reason.POISONED, CacheState.READY);

        topic.change(5, 42, 8, HIGH);
        assertThat(known(topic, 42)).isEqualTo(8);
    }

    @Test
    void poisonsBothGenerationsWhenTheRecordNamesNone() {
        var topic = Topic.ready().building(6).change(6, 42, 7, HIGH)
                .read(new TopicRecord.MalformedChange(42, 0, 0, "null"));
        assertUnknown(topic, 42, Lookup.Reason.POISONED, CacheState.READY);

        topic.complete(6, 1).heartbeat(6);
        assertUnknown(topic, 42, Lookup.Reason.POISONED, CacheState.READY);
    }

    @Test
    void keepsThePoisonThatIsReadBeforeTheFirstRecordOfItsGeneration() {
        var topic = new Topic().read(new TopicRecord.MalformedChange(42, 0, 0, "null"))
                .read(new TopicRecord.MalformedChange(41, 0, 0, "null"))
                .change(5, 41, 2, NORMAL).complete(5, 2).heartbeat(5).caughtUp();

        assertUnknown(topic, 42, Lookup.Reason.POISONED, CacheState.READY);
        assertThat(known(topic, 41)).isEqualTo(2);
    }

    @Test
    void keepsThePoisonThatIsReadWhileNoGenerationAnswers() {
        // What compaction left: the courier's own change and the beginning of generation 5 stood before the poison.
        var topic = new Topic().caughtUp().read(new TopicRecord.MalformedChange(42, 0, 0, "null"))
                .change(5, 43, 1, NORMAL).complete(5, 1).heartbeat(5);

        assertUnknown(topic, 42, Lookup.Reason.POISONED, CacheState.READY);
        assertThat(known(topic, 43)).isEqualTo(1);
    }

    @Test
    void keepsThePoisonThatIsReadBeforeTheRestOfTheNextGeneration() {
        var topic = Topic.ready().read(new TopicRecord.MalformedChange(42, 0, 0, "null"))
                .change(6, 43, 1, NORMAL).complete(6, 2).heartbeat(6);

        assertUnknown(topic, 42, Lookup.Reason.POISONED, CacheState.READY);
    }

    @Test
    void forgetsThePoisonBeforeTheBeginningOfAGeneration() {
        var topic = Topic.ready().read(new TopicRecord.MalformedChange(42, 0, 0, "null"))
                .building(6).change(6, 43, 1, NORMAL).complete(6, 1).heartbeat(6);

        assertThat(topic.copy.lookup(42)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void forgetsThePoisonOfACourierWhoCouldBeReadSince() {
        var topic = Topic.ready().read(new TopicRecord.MalformedChange(42, 0, 0, "null")).change(5, 42, 8, HIGH)
                .change(6, 43, 1, NORMAL).complete(6, 1).heartbeat(6);

        assertThat(topic.copy.lookup(42)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void quarantinesACourierWithTwoLevelsInOneVersion() {
        var topic = Topic.ready().change(5, 42, 7, NORMAL);
        assertUnknown(topic, 42, Lookup.Reason.POISONED, CacheState.READY);
        assertThat(topic.counts.conflicts().sum()).isEqualTo(1);

        topic.change(5, 42, 7, HIGH);
        assertUnknown(topic, 42, Lookup.Reason.POISONED, CacheState.READY);

        topic.change(5, 42, 8, HIGH);
        assertThat(known(topic, 42)).isEqualTo(8);
    }

    @Test
    void trustsNothingAfterAnUnreadableKeyUntilTheNextGeneration() {
        var topic = Topic.ready().read(new TopicRecord.MalformedKey(0, "no courier")).heartbeat(5)
                .change(5, 42, 8, HIGH);
        assertUnknown(topic, 42, Lookup.Reason.UNTRUSTED, CacheState.DEGRADED);
        assertUnknown(topic, 43, Lookup.Reason.UNTRUSTED, CacheState.DEGRADED);

        topic.building(6).change(6, 42, 8, HIGH).heartbeat(6).complete(6, 1);
        assertThat(known(topic, 42)).isEqualTo(8);
    }

    @Test
    void countsAnUnreadableControlRecordAndGoesOn() {
        var topic = Topic.ready().read(new TopicRecord.MalformedControl("why")).read(new TopicRecord.Foreign());

        assertThat(known(topic, 42)).isEqualTo(7);
        assertThat(topic.counts.poisoned().sum()).isEqualTo(1);
        assertThat(topic.counts.ignored(Counts.Ignored.FOREIGN).sum()).isEqualTo(1);
    }

    @Test
    void forgetsEverythingWhenSilenced() {
        var topic = Topic.ready();

        topic.copy.silence(CacheState.REBUILDING, Lookup.Reason.REBUILDING);
        assertUnknown(topic, 42, Lookup.Reason.REBUILDING, CacheState.REBUILDING);

        topic.building(3).complete(3, 0).heartbeat(3);
        assertUnknown(topic, 42, Lookup.Reason.REBUILDING, CacheState.REBUILDING);

        topic.caughtUp();
        assertThat(topic.copy.lookup(42)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void tellsWhenAChangeBecomesVisible() {
        List<String> heard = new ArrayList<>();
        var topic = Topic.ready();
        topic.copy.listen((courier, from, to, _, _) -> heard
                .add(courier + ":" + from + "-" + to + " " + (known(topic, courier) == to)));

        topic.change(5, 42, 8, NORMAL).change(5, 42, 8, NORMAL).change(5, 42, 3, NORMAL).change(5, 43, 1, HIGH);
        topic.building(6).change(6, 42, 9, HIGH);

        assertThat(heard).containsExactly("42:7-8 true", "43:0-1 true");
    }

    @Test
    void goesOnWithoutAListenerThatThrows() {
        List<Long> heard = new ArrayList<>();
        var topic = Topic.ready();
        topic.copy.listen((_, _, _, _, _) -> {
            throw new IllegalStateException("made to fail");
        });
        topic.copy.listen((_, _, version, _, _) -> heard.add(version));

        topic.change(5, 42, 8, NORMAL).change(5, 42, 9, NORMAL);

        assertThat(heard).containsExactly(8L, 9L);
    }

    @Test
    void countsEachLookupOnce() {
        var topic = Topic.ready();

        topic.copy.lookup(42);
        topic.copy.lookup(43);
        topic.copy.lookup(43);
        topic.pass(Duration.ofMinutes(1)).copy.lookup(42);

        assertThat(topic.counts.lookups(Counts.Answer.KNOWN).sum()).isEqualTo(1);
        assertThat(topic.counts.lookups(Counts.Answer.ABSENT).sum()).isEqualTo(2);
        assertThat(topic.counts.lookups(Counts.Answer.STALE).sum()).isEqualTo(1);
        assertThat(Arrays.stream(Counts.Answer.values()).mapToLong(answer -> topic.counts.lookups(answer).sum()).sum())
                .isEqualTo(4);
    }

    private static long known(Topic topic, long courierId) {
        return topic.copy.lookup(courierId) instanceof Lookup.Known known ? known.version() : -1;
    }

    private static void assertUnknown(Topic topic, long courierId, Lookup.Reason reason, CacheState state) {
        assertThat(topic.copy.lookup(courierId)).isEqualTo(new Lookup.Unknown(reason));
        assertThat(topic.copy.state()).isEqualTo(state);
    }
}
