package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.datadrivenchanges.experiment.testing.RecordingSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/// Which calls are compared. The numbers are those of the conformance list.
class GatingTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final RecordingSink sink = new RecordingSink();
    private final Laboratory lab = Laboratory.builder().sink(sink).build();
    private final AtomicInteger candidates = new AtomicInteger();

    @AfterEach
    void close() {
        lab.close();
    }

    private Rest<String, String, String, RuntimeException> inline() {
        return lab.experiment("e").control((String input) -> "a").candidate("c", input -> {
            candidates.incrementAndGet();
            return "a";
        }).shadow(new Shadow.Inline());
    }

    private Summary quiet(Experiment<?, ?, ?> experiment) {
        assertThat(lab.drain(LIMIT)).isTrue();
        return experiment.summary();
    }

    @Test
    void c022_c023_filterSeesTheInputOnceAndItsNoLeavesTheControlAlone() {
        List<String> asked = new CopyOnWriteArrayList<>();
        Experiment<String, String, RuntimeException> experiment = inline().onlyIf(input -> {
            asked.add(input);
            return "yes".equals(input);
        }).build();

        assertThat(experiment.call("no")).isEqualTo("a");
        assertThat(experiment.call("yes")).isEqualTo("a");

        assertThat(asked).containsExactly("no", "yes");
        assertThat(candidates).hasValue(1);
        assertThat(quiet(experiment).count("filtered")).isEqualTo(1);
        assertThat(sink.results()).hasSize(1);
    }

    @Test
    void c024_samplerSeesTheExperimentsName() {
        List<String> names = new CopyOnWriteArrayList<>();
        Experiment<String, String, RuntimeException> experiment = inline().sampler((name, hash) -> names.add(name))
                .build();

        experiment.call("x");

        assertThat(names).containsExactly("e");
        assertThat(quiet(experiment).count("results_match")).isEqualTo(1);
    }

    @Test
    void c025_throwingSamplerLeavesTheControlAlone() {
        Experiment<String, String, RuntimeException> experiment = inline().sampler((name, hash) -> {
            throw new AssertionError("sampler");
        }).build();

        assertThat(experiment.call("x")).isEqualTo("a");

        assertThat(quiet(experiment).count("gate_failed")).isEqualTo(1);
        assertThat(candidates).hasValue(0);
    }

    @Test
    void c026_throwingFilterLeavesTheControlAlone() {
        Experiment<String, String, RuntimeException> experiment = inline().onlyIf(input -> {
            throw new AssertionError("filter");
        }).build();

        assertThat(experiment.call("x")).isEqualTo("a");

        assertThat(quiet(experiment).count("gate_failed")).isEqualTo(1);
        assertThat(candidates).hasValue(0);
    }

    @Test
    void throwingKeyOfAStickySamplerLeavesTheControlAlone() {
        Experiment<String, String, RuntimeException> experiment = inline().sampler(Sampler.sticky(0.5)).key(input -> {
            throw new AssertionError("key");
        }).build();

        assertThat(experiment.call("x")).isEqualTo("a");

        assertThat(quiet(experiment).count("gate_failed")).isEqualTo(1);
    }

    @Test
    void c020_c027_c101_everySkipIsCountedUnderItsReasonAndNotPublished() {
        Experiment<String, String, RuntimeException> experiment = inline().onlyIf(input -> !"filtered".equals(input))
                .build();

        experiment.call("filtered");
        experiment.call("skipped", Sampling.SKIP);
        experiment.call("compared");

        Summary summary = quiet(experiment);
        assertThat(summary.count("filtered")).isEqualTo(1);
        assertThat(summary.count("sampled_out")).isEqualTo(1);
        assertThat(summary.count("results_match")).isEqualTo(1);
        assertThat(summary.runs()).isEqualTo(3);
        assertThat(sink.results()).hasSize(1);
    }

    @Test
    void c029_ratioOneIsAlwaysAndZeroNever() {
        assertThat(Sampler.ratio(1)).isEqualTo(Sampler.always());
        assertThat(Sampler.sticky(1)).isEqualTo(Sampler.always());
        assertThat(Sampler.ratio(0)).isEqualTo(Sampler.never());
        assertThat(Sampler.sticky(0)).isEqualTo(Sampler.never());
        for (long hash : new long[]{Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE}) {
            assertThat(Sampler.always().take("e", hash)).isTrue();
            assertThat(Sampler.never().take("e", hash)).isFalse();
        }
    }

    @Test
    void c029_stickyTakesExactlyItsShareOfTheHashes() {
        int points = 10_000;
        for (int percent : List.of(0, 1, 50, 99, 100)) {
            Sampler sampler = Sampler.sticky(percent / 100.0);
            int taken = 0;
            for (int i = 0; i < points; i++) {
                // The middle of each of the intervals that divide all 2^64 hashes.
                long hash = Long.divideUnsigned(-1L, points) * i + Long.divideUnsigned(-1L, 2L * points);
                taken += sampler.take("e", hash) ? 1 : 0;
            }
            assertThat(taken).as("%d %%", percent).isEqualTo(points * percent / 100);
        }
    }

    @Test
    void ratioTakesAboutItsShareOfTheCalls() {
        Sampler sampler = Sampler.ratio(0.3);
        int taken = 0;
        for (int i = 0; i < 100_000; i++) {
            taken += sampler.take("e", 0) ? 1 : 0;
        }

        // Five standard deviations of 145.
        assertThat(taken).isCloseTo(30_000, within(725));
    }

    @Test
    void stickyTakesTheSameKeysEveryTimeAndAboutItsShareOfConsecutiveOnes() {
        Experiment<String, String, RuntimeException> experiment = inline().sampler(Sampler.sticky(0.3))
                .key(Long::parseLong)
                .build();
        int keys = 10_000;

        for (int i = 0; i < keys; i++) {
            experiment.call(String.valueOf(i));
        }
        long first = quiet(experiment).count("results_match");
        for (int i = 0; i < keys; i++) {
            experiment.call(String.valueOf(i));
        }

        // Five standard deviations of 46.
        assertThat(first).isCloseTo(3_000, within(230L));
        assertThat(quiet(experiment).count("results_match")).isEqualTo(2 * first);
    }

    @Test
    void shareOutsideZeroToOneIsRejected() {
        for (double share : new double[]{-0.1, 1.1, Double.NaN}) {
            assertThatIllegalArgumentException().isThrownBy(() -> Sampler.ratio(share));
            assertThatIllegalArgumentException().isThrownBy(() -> Sampler.sticky(share));
        }
    }

    @Test
    void c030_forceAndSkipBeatTheSamplerButNotTheKillSwitch() {
        Experiment<String, String, RuntimeException> experiment = inline().sampler(Sampler.never()).build();

        experiment.call("x", Sampling.FORCE);
        assertThat(quiet(experiment).count("results_match")).isEqualTo(1);
        experiment.call("x", Sampling.SKIP);
        assertThat(quiet(experiment).count("sampled_out")).isEqualTo(1);
        lab.enabled(false);
        experiment.call("x", Sampling.FORCE);

        assertThat(quiet(experiment).runs()).isEqualTo(2);
        assertThat(candidates).hasValue(1);
    }
}
