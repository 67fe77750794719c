package io.datadrivenchanges.cache;

import java.time.Duration;
import java.util.OptionalLong;

import org.junit.jupiter.api.Test;

import static io.datadrivenchanges.cache.PerformanceLevel.HIGH;
import static io.datadrivenchanges.cache.PerformanceLevel.NORMAL;
import static io.datadrivenchanges.cache.PerformanceLevel.OUTSTANDING;
import static org.assertj.core.api.Assertions.assertThat;

class CouriersTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static Couriers of(Topic topic) {
        return topic.copy.couriers().orElseThrow();
    }

    @Test
    void pagesInTheOrderOfTheIds() {
        var topic = Topic.ready().change(5, 9_007_199_254_740_991L, 1, NORMAL).change(5, 7, 3, OUTSTANDING)
                .change(5, 43, 2, NORMAL);
        Couriers couriers = of(topic);

        assertThat(couriers.page(0, 2)).containsExactly(new Held(7, OUTSTANDING, 3), new Held(42, HIGH, 7));
        assertThat(couriers.page(42, 2)).containsExactly(new Held(43, NORMAL, 2),
                new Held(9_007_199_254_740_991L, NORMAL, 1));
        assertThat(couriers.page(41, 1)).as("an id that nobody has").containsExactly(new Held(42, HIGH, 7));
        assertThat(couriers.page(9_007_199_254_740_991L, 2)).isEmpty();
        assertThat(couriers.page(Long.MIN_VALUE, 10)).hasSize(4);
    }

    @Test
    void showsWhatIsHeldNowOfTheCouriersThereWere() {
        var topic = Topic.ready();
        Couriers couriers = of(topic);

        topic.change(5, 42, 8, NORMAL).change(5, 43, 1, HIGH);

        assertThat(couriers.page(0, 10)).containsExactly(new Held(42, NORMAL, 8));
        assertThat(couriers.find(43)).contains(new Held(43, HIGH, 1));
        assertThat(couriers.find(44)).isEmpty();
        assertThat(of(topic).page(0, 10)).hasSize(2);
    }

    @Test
    void namesNoLevelOfAPoisonedCourier() {
        var topic = Topic.ready().read(new TopicRecord.MalformedChange(42, 5, 8, "no level"));

        assertThat(of(topic).find(42)).contains(new Held(42, null, 8));
    }

    @Test
    void containsWhatWasCommittedBeforeTheLatestHeartbeatWithinTheErrorOfTheClocks() {
        var topic = new Topic(1, SECOND).building(5).complete(5, 0).caughtUp();
        Couriers couriers = of(topic);
        assertThat(couriers.containedUpTo()).isEqualTo(OptionalLong.empty());

        topic.heartbeat(5, SECOND.multipliedBy(2));
        long first = couriers.containedUpTo().orElseThrow();
        topic.pass(SECOND).heartbeat(5);

        assertThat(couriers.containedUpTo().orElseThrow() - first).isEqualTo(SECOND.multipliedBy(3).toNanos());
        assertThat(couriers.containedUpTo()).hasValue(topic.nanoTime() - SECOND.toNanos());
    }

    @Test
    void belongToAGenerationForAsLongAsItAnswers() {
        var topic = Topic.ready();
        Couriers old = of(topic);
        assertThat(old.isAnswering()).isTrue();

        topic.building(6).change(6, 1, 1, NORMAL).complete(6, 1);
        assertThat(old.isAnswering()).as("the new one has no heartbeat yet").isTrue();
        topic.heartbeat(6);

        assertThat(old.isAnswering()).isFalse();
        assertThat(of(topic).page(0, 10)).containsExactly(new Held(1, NORMAL, 1));
    }

    @Test
    void areNoneWhileNothingAnswersOrCanBeTrusted() {
        assertThat(new Topic().building(5).copy.couriers()).isEmpty();
        assertThat(PerformanceCache.disabled().couriers()).isEmpty();

        var topic = Topic.ready();
        Couriers couriers = of(topic);
        topic.read(new TopicRecord.MalformedKey(5, "no key"));

        assertThat(couriers.isAnswering()).isFalse();
        assertThat(topic.copy.couriers()).isEmpty();
    }

    @Test
    void areShownThoughTheyAreTooStaleToAnswer() {
        var topic = Topic.ready().pass(Topic.MAX_STALENESS.plus(SECOND));

        assertThat(topic.copy.lookup(42)).isEqualTo(new Lookup.Unknown(Lookup.Reason.STALE));
        assertThat(of(topic).isAnswering()).isTrue();
    }
}
