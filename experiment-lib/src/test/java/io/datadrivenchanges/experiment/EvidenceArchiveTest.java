package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EvidenceArchiveTest {

    private final EvidenceArchive archive = new EvidenceArchive(new SplittableRandom(7));

    private static EvidenceArchive.Signature signature(String cause) {
        return new EvidenceArchive.Signature("e", "c", cause, List.of("level"), null, null);
    }

    private static Evidence evidence(String input, int length) {
        Evidence.Part part = new Evidence.Part("returned", "x".repeat(length), true, null, 1, null,
                Duration.ofNanos(1));
        return new Evidence("e", "c", Instant.EPOCH, Stage.SHADOW, null, null, null, input, part, part,
                new Evidence.Judgement("results_do_not_match", "stale", List.of(), null), new Settlement.Diverged(), 1,
                null, List.of());
    }

    private void offer(String cause, @Nullable Object input, int length) {
        archive.offer(signature(cause), () -> evidence(String.valueOf(input), length));
    }

    @Test
    void keepsThirtyTwoOfASignatureAndCountsTheRest() {
        for (int i = 0; i < 1_000; i++) {
            offer("stale", i, 1);
        }
        offer("diverged", "rare", 1);

        assertThat(archive.of("e")).hasSize(33).last().extracting(Evidence::input).isEqualTo("rare");
        assertThat(archive.dropped()).isEqualTo(1_000 - 32);
        assertThat(archive.of("other")).isEmpty();
    }

    @Test
    void keepsEachWithTheSameProbability() {
        int rounds = 4_000;
        int n = 100;
        long seed = System.nanoTime();
        int[] kept = new int[n];
        Random random = new Random(seed);
        for (int round = 0; round < rounds; round++) {
            EvidenceArchive fresh = new EvidenceArchive(random);
            for (int i = 0; i < n; i++) {
                String input = String.valueOf(i);
                fresh.offer(signature("stale"), () -> evidence(input, 1));
            }
            fresh.of("e").forEach(evidence -> kept[Integer.parseInt(String.valueOf(evidence.input()))]++);
        }

        double expected = rounds * 32.0 / n;
        double sigma = Math.sqrt(rounds * 0.32 * 0.68);
        for (int count : kept) {
            assertThat((double) count).as("seed %d", seed).isBetween(expected - 5 * sigma, expected + 5 * sigma);
        }
    }

    @Test
    void evidenceIsMadeOnlyIfItIsKept() {
        int[] made = new int[1];
        for (int i = 0; i < 10_000; i++) {
            archive.offer(signature("stale"), () -> {
                made[0]++;
                return evidence("x", 1);
            });
        }

        assertThat(made[0]).isLessThan(400); // 32 + 32·ln(10,000/32) = 216 in the mean
    }

    @Test
    void signaturesBeyondTheBoundAreDropped() {
        for (int i = 0; i < EvidenceArchive.MAX_SIGNATURES + 10; i++) {
            offer("cause " + i, i, 1);
        }

        assertThat(archive.size()).isEqualTo(EvidenceArchive.MAX_SIGNATURES);
        assertThat(archive.dropped()).isEqualTo(10);
    }

    @Test
    void staysBelowItsBytesAndKeepsWhatIsRare() {
        offer("rare", "rare", Evidence.MAX_TEXT);
        for (int cause = 0; cause < 200; cause++) {
            for (int i = 0; i < 32; i++) {
                offer("cause " + cause, i, Evidence.MAX_TEXT);
            }
        }
        offer("late", "late", Evidence.MAX_TEXT);

        assertThat(archive.bytes()).isLessThanOrEqualTo(EvidenceArchive.MAX_BYTES)
                .isEqualTo(archive.of("e").stream().mapToLong(Evidence::size).sum());
        assertThat(archive.of("e")).extracting(Evidence::input).contains("rare", "late");
        assertThat(archive.size() + archive.dropped()).isEqualTo(200 * 32 + 2);
    }
}
