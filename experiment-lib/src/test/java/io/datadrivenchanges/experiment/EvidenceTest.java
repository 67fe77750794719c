package io.datadrivenchanges.experiment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class EvidenceTest {

    private static final Redaction SHOWN = new Redaction(null, (at, thrown) -> {});

    private enum Level {
        NORMAL, HIGH
    }

    private static Evidence.Part returned(@Nullable Object value, long version) {
        return Evidence.Part.of(new Seen<@Nullable Object>(new Outcome.Returned<>(value), value, version,
                Duration.ofMillis(250), new Span(0, 1_234), true), SHOWN);
    }

    private static Evidence evidence(Evidence.Part control, Evidence.Part candidate, Evidence.Judgement judgement) {
        return new Evidence("courier-performance", "cache", Instant.parse("2026-01-01T00:00:00Z"), Stage.SHADOW,
                "1.4.2", "0af7651916cd43dd8448eb211c80319c", "berlin", "courier \"1\"", control, candidate, judgement,
                new Settlement.Converged(Duration.ofMillis(10), Duration.ofMillis(31)), 2,
                new Amount("EUR", -1_000),
                List.of(new Reread(Reread.Side.CANDIDATE, Duration.ofMillis(10), 6, Reread.Answer.UNEQUAL),
                        new Reread(Reread.Side.CANDIDATE, Duration.ofMillis(31), -1, Reread.Answer.EQUAL)));
    }

    private static Evidence.Judgement judged(@Nullable Object control, @Nullable Object candidate, Cause cause) {
        return Evidence.Judgement.of(
                new Finding.Mismatch(
                        (Comparison.Differs) Comparing.<@Nullable Object>byValue().judge(control, candidate)),
                cause);
    }

    private static Evidence mismatch(@Nullable Object control, @Nullable Object candidate) {
        return evidence(returned(control, 7), returned(candidate, 6), judged(control, candidate, Cause.STALE));
    }

    @Test
    void jsonIsTheGoldenFile() throws IOException {
        try (var golden = Objects.requireNonNull(getClass().getResourceAsStream("evidence.json"))) {
            assertThat(mismatch(Level.HIGH, Level.NORMAL).json() + "\n")
                    .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void everySettlementHasItsJson() {
        Evidence.Judgement judgement = judged("a", "b", Cause.DIVERGED);
        Duration second = Duration.ofSeconds(1);

        assertThat(List.of(new Settlement.Superseded(second), new Settlement.CandidateAhead(),
                new Settlement.Stale(second), new Settlement.Diverged(),
                new Settlement.Unsettled(Settlement.Lack.TOKEN, second)))
                .extracting(settlement -> new Evidence("e", "c", Instant.EPOCH, Stage.SHADOW, null, null, null, null,
                        returned("a", 1), returned("b", 1), judgement, settlement, 1, null, List.of()).json())
                .extracting(json -> json.replaceAll(".*(\"settlement\": \\{[^}]*}).*", "$1"))
                .containsExactly(
                        "\"settlement\": {\"settlement\": \"superseded\", \"at_most_nanos\": 1000000000, \"mismatches\": 1}",
                        "\"settlement\": {\"settlement\": \"candidate_ahead\", \"mismatches\": 1}",
                        "\"settlement\": {\"settlement\": \"stale\", \"more_than_nanos\": 1000000000, \"mismatches\": 1}",
                        "\"settlement\": {\"settlement\": \"diverged\", \"mismatches\": 1}",
                        "\"settlement\": {\"settlement\": \"unsettled\", \"lack\": \"token\", \"more_than_nanos\": 1000000000, \"mismatches\": 1}");
    }

    @Test
    void replayFindsTheSameByteForByte() {
        Evidence evidence = mismatch(Level.HIGH, Level.NORMAL);

        assertThat(evidence.replay().json()).isEqualTo(evidence.judgement().json());
        assertThat(evidence.replay(Level::valueOf, Level::valueOf, Comparing.by(level -> level, level -> level)).json())
                .isEqualTo(evidence.judgement().json());
    }

    @Test
    void replayTellsNullFromItsName() {
        Evidence evidence = mismatch(null, "null");

        assertThat(evidence.replay().json()).isEqualTo(evidence.judgement().json());
        assertThat(evidence.json()).contains("\"text\": null").contains("\"text\": \"null\"");
    }

    @Test
    void replayWithAnotherComparatorShowsWhatItWouldHaveSaid() {
        Evidence evidence = mismatch("high", "HIGH");

        assertThat(evidence.replay(text -> text, text -> text,
                Comparing.<@Nullable String, @Nullable String>same(
                        (left, right) -> left != null && left.equalsIgnoreCase(right)))
                .finding()).isEqualTo("results_match");
        assertThat(evidence.replay(text -> text, text -> text,
                Comparing.<@Nullable String, @Nullable String>reasons(
                        (left, right) -> Comparison.incomparable("rebuilding")))
                .json())
                .isEqualTo("{\"finding\": \"incomparable\", \"cause\": null, \"paths\": [], \"why\": \"rebuilding\"}");
    }

    @Test
    void comparatorThatThrowsInReplayIsAComparisonFailed() {
        assertThat(mismatch("a", "b").replay(text -> text, text -> text,
                Comparing.<@Nullable String, @Nullable String>same((left, right) -> {
                    throw new IllegalArgumentException("comparator");
                })).why()).isEqualTo("COMPARE: java.lang.IllegalArgumentException");
    }

    @Test
    void failureIsReplayedAsItWas() {
        Outcome.Threw<Object> threw = new Outcome.Threw<>(new IllegalStateException("down"));
        Evidence evidence = evidence(returned("a", 1), Evidence.Part.of(new Seen<>(threw, new Span(0, 5), true), SHOWN),
                Evidence.Judgement.of(new Finding.CandidateFailed(threw, false), null));

        assertThat(evidence.replay()).isEqualTo(evidence.judgement());
        assertThat(evidence.json()).contains(
                "\"candidate\": {\"outcome\": \"threw\", \"text\": \"down\", \"whole\": true, "
                        + "\"error\": \"java.lang.IllegalStateException\", \"version\": null, \"staleness_nanos\": null, \"duration_nanos\": 5}");
    }

    @Test
    void cutTextIsShownButNotReplayed() {
        String longText = "x".repeat(Evidence.MAX_TEXT + 1);
        Evidence evidence = mismatch(longText, "x");

        assertThat(evidence.control().text()).hasSize(Evidence.MAX_TEXT);
        assertThatIllegalStateException().isThrownBy(evidence::replay);
        assertThat(evidence.judgement().paths().getFirst().control()).hasSize(Evidence.MAX_TEXT);
    }

    @Test
    void valueWhoseTextThrowsIsSaidSo() {
        Object hostile = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("toString");
            }
        };

        assertThat(returned(hostile, 1).text()).contains("threw java.lang.IllegalStateException");
    }
}
