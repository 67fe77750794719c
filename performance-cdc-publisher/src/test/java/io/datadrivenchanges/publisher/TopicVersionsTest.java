package io.datadrivenchanges.publisher;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TopicVersionsTest {
    private final TopicVersions versions = new TopicVersions();

    @Test
    void keepsTheHighestVersionOfEachCourier() {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        Map<Long, Long> expected = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            long courier = 1 + random.nextLong(1L << (1 + random.nextInt(53)));
            long version = 1 + random.nextLong(1_000);

            assertThat(versions.apply(courier, version, (int) version % 256)).as("seed %d", seed).isTrue();
            expected.merge(courier, version, Math::max);
        }

        assertThat(versions.size()).as("seed %d", seed).isEqualTo(expected.size());
        assertThat(expected).as("seed %d", seed).allSatisfy((courier, version) -> assertThat(versions.stateOf(courier))
                .isEqualTo(TopicVersions.state(version, (int) (version % 256))));
    }

    @Test
    void tellsWhenTheSameVersionComesWithAnotherLevel() {
        assertThat(versions.apply(7, 3, 1)).isTrue();
        assertThat(versions.apply(7, 3, 1)).isTrue();
        assertThat(versions.apply(7, 2, 0)).isTrue();

        assertThat(versions.apply(7, 3, 2)).isFalse();
        assertThat(TopicVersions.level(versions.stateOf(7))).isEqualTo(1);
    }

    @Test
    void leavesOutWhatWasTakenUntilItsVersionRises() {
        versions.apply(1, 1, 0);
        versions.apply(2, 1, 0);

        assertThat(TopicVersions.version(versions.take(1))).isEqualTo(1);
        assertThat(versions.take(3)).isZero();
        assertThat(left()).isEqualTo(Map.of(2L, 1L));

        versions.apply(1, 2, 0);
        assertThat(left()).isEqualTo(Map.of(1L, 2L, 2L, 1L));
    }

    private Map<Long, Long> left() {
        Map<Long, Long> left = new HashMap<>();
        versions.forEachLeft((courier, state) -> left.put(courier, TopicVersions.version(state)));
        return left;
    }
}
