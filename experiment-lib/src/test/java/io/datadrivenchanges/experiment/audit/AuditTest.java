package io.datadrivenchanges.experiment.audit;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

import io.datadrivenchanges.experiment.audit.AuditReport.Discrepancy;
import io.datadrivenchanges.experiment.audit.AuditReport.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AuditTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final AuditLimits LIMITS = new AuditLimits(10, 1_000, Duration.ofSeconds(1), 1_000, HOUR);

    private long now;
    private final Audit audit = audit(LIMITS);
    private final Table truth = new Table("incentives");
    private final Table copy = new Table("cache");

    private Audit audit(AuditLimits limits) {
        return new Audit(limits, () -> now, time -> now += time.toNanos());
    }

    /// A source in memory. `onRead` runs before every read, so that the world can move under an audit.
    private static class Table implements KeyedSource<Integer, String> {

        final TreeMap<Integer, Entry<Integer, String>> entries = new TreeMap<>();
        final String name;
        long position;
        Runnable onRead = () -> {};

        Table(String name) {
            this.name = name;
        }

        void put(int key, String value, long version) {
            entries.put(key, new Entry<>(key, value, version));
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public List<Entry<Integer, String>> page(@Nullable Integer after, int limit) throws IOException {
            onRead.run();
            var rest = after == null ? entries : entries.tailMap(after, false);
            return rest.values().stream().limit(limit).toList();
        }

        @Override
        public Optional<Entry<Integer, String>> find(Integer key) throws IOException {
            onRead.run();
            return Optional.ofNullable(entries.get(key));
        }

        @Override
        public long position() throws IOException {
            return position;
        }
    }

    private void both(int key, String value, long version) {
        truth.put(key, value, version);
        copy.put(key, value, version);
    }

    private void fill(int keys) {
        for (int key = 0; key < keys; key++) {
            both(key, "HIGH", 1);
        }
    }

    @Test
    void equalCopiesAreClean() throws Exception {
        fill(95);

        AuditReport<Integer> report = audit.compare(truth, copy);

        assertThat(report.isClean()).isTrue();
        assertThat(report.keys()).isEqualTo(95);
        assertThat(report.caughtUp()).isTrue();
        assertThat(List.of(report.truth(), report.copy())).containsExactly("incentives", "cache");
    }

    @Test
    void everyKindOfDiscrepancyIsFoundBothWays() throws Exception {
        fill(30);
        copy.entries.remove(3);
        truth.entries.remove(9);
        truth.put(12, "HIGH", 2);
        copy.put(13, "HIGH", 2);
        copy.put(19, "NORMAL", 1);
        copy.put(20, "NORMAL", -1);
        copy.put(99, "HIGH", 4);
        truth.put(100, "HIGH", 1);

        assertThat(audit.compare(truth, copy).discrepancies()).containsExactly(
                new Discrepancy<>(3, Kind.MISSING, 1, -1), new Discrepancy<>(9, Kind.EXTRA, -1, 1),
                new Discrepancy<>(12, Kind.STALE, 2, 1), new Discrepancy<>(13, Kind.AHEAD, 1, 2),
                new Discrepancy<>(19, Kind.DIFFERENT, 1, 1), new Discrepancy<>(20, Kind.DIFFERENT, 1, -1),
                new Discrepancy<>(99, Kind.EXTRA, -1, 4), new Discrepancy<>(100, Kind.MISSING, 1, -1));
    }

    @Test
    void lostDeleteOfACourierWhoIsNeverPaidIsFound() throws Exception {
        fill(1_000);
        truth.entries.remove(777);

        assertThat(audit.compare(truth, copy).discrepancies())
                .containsExactly(new Discrepancy<>(777, Kind.EXTRA, -1, 1));
    }

    @Test
    void emptySidesAreCompared() throws Exception {
        assertThat(audit.compare(truth, copy).isClean()).isTrue();
        truth.put(1, "HIGH", 1);
        assertThat(audit.compare(truth, copy).found()).isEqualTo(1);
        assertThat(audit.compare(copy, truth).found()).isEqualTo(1);
    }

    @Test
    void manyExtrasWithinOneChunkAreAllFound() throws Exception {
        both(0, "HIGH", 1);
        both(1_000, "HIGH", 1);
        for (int key = 1; key < 200; key++) {
            copy.put(key, "HIGH", 1);
        }

        assertThat(audit.compare(truth, copy).found()).isEqualTo(199);
    }

    @Test
    void changeThatArrivesLaterIsNoDiscrepancy() throws Exception {
        fill(20);
        truth.put(5, "NORMAL", 2);
        truth.position = 7;
        copy.onRead = () -> {
            // It has been waited for.
            assertThat(copy.position).isGreaterThanOrEqualTo(truth.position);
        };
        Audit waiting = new Audit(LIMITS, () -> now, time -> {
            now += time.toNanos();
            copy.put(5, "NORMAL", 2);
            copy.position = 7;
        });

        assertThat(waiting.compare(truth, copy).isClean()).isTrue();
    }

    @Test
    void anythingThatMovesUnderAWorkingFeedIsClean() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        fill(300);
        long[] version = {1};
        truth.onRead = () -> {
            // Changes, new ones and deletes, which the copy gets a little later.
            for (int i = random.nextInt(3); i > 0; i--) {
                int key = random.nextInt(400);
                if (random.nextInt(4) == 0) {
                    truth.entries.remove(key);
                } else {
                    truth.put(key, "level " + random.nextInt(3), ++version[0]);
                }
                truth.position++;
            }
        };
        Audit feeding = new Audit(LIMITS, () -> now, time -> {
            now += time.toNanos();
            copy.entries.clear();
            copy.entries.putAll(truth.entries);
            copy.position = truth.position;
        });

        AuditReport<Integer> report = feeding.compare(truth, copy);

        assertThat(report.found()).as("seed %d: %s", seed, report).isZero();
    }

    @Test
    void defectIsFoundWhileEverythingElseMoves() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        fill(300);
        truth.entries.remove(150);
        long[] version = {1};
        truth.onRead = () -> {
            int key = random.nextInt(150);
            truth.put(key, "level " + random.nextInt(3), ++version[0]);
            truth.position++;
        };
        Audit feeding = new Audit(LIMITS, () -> now, time -> {
            now += time.toNanos();
            copy.entries.putAll(truth.entries); // deletes are lost
            copy.position = truth.position;
        });

        assertThat(feeding.compare(truth, copy).discrepancies())
                .containsExactly(new Discrepancy<>(150, Kind.EXTRA, -1, 1));
    }

    @Test
    void keyThatNeverRestsIsSaidToMove() throws Exception {
        fill(5);
        long[] version = {1};
        truth.onRead = () -> truth.put(2, "HIGH", ++version[0]);

        AuditReport<Integer> report = audit.compare(truth, copy);

        assertThat(report.found()).isZero();
        assertThat(report.moving()).isEqualTo(1);
        assertThat(report.isClean()).isFalse();
    }

    @Test
    void keepsToItsRate() throws Exception {
        fill(2_500);

        AuditReport<Integer> report = audit.compare(truth, copy);

        assertThat(report.took()).isBetween(Duration.ofMillis(2_490), Duration.ofMillis(2_510));
    }

    @Test
    void keepsToItsRateWhenManyKeysAreSuspects() throws Exception {
        for (int key = 0; key < 50; key++) {
            truth.put(key, "HIGH", 1);
        }

        assertThat(audit.compare(truth, copy).took()).as("once in a page, twice each, at 1,000 per second")
                .isBetween(Duration.ofMillis(149), Duration.ofMillis(160));
    }

    @Test
    void endsWhenItsTimeIsOverWithWhatItHasFound() throws Exception {
        fill(1_000);
        copy.entries.remove(5);
        copy.entries.remove(995);

        AuditReport<Integer> report = audit(new AuditLimits(10, 1_000, Duration.ZERO, 7, Duration.ofMillis(500)))
                .compare(truth, copy);

        assertThat(report.complete()).isFalse();
        assertThat(report.isClean()).isFalse();
        assertThat(report.keys()).isBetween(450L, 510L);
        assertThat(report.discrepancies()).containsExactly(new Discrepancy<>(5, Kind.MISSING, 1, -1));
    }

    @Test
    void isNotCompleteIfSuspectsWereLeft() throws Exception {
        for (int key = 0; key < 10; key++) {
            truth.put(key, "HIGH", 1);
        }

        AuditReport<Integer> report = audit(new AuditLimits(1_000, 1_000, Duration.ZERO, 7, Duration.ofMillis(16)))
                .compare(truth, copy);

        assertThat(report.keys()).isEqualTo(10);
        assertThat(report.found()).as("ten keys were read, then two for each suspect").isEqualTo(3);
        assertThat(report.complete()).isFalse();
    }

    @Test
    void frozenCopyIsWaitedForOnceAndComparedAsItIs() throws Exception {
        fill(100);
        truth.put(50, "NORMAL", 2);
        truth.position = 3;

        AuditReport<Integer> report = audit(new AuditLimits(10, 1_000_000, Duration.ofSeconds(1), 1_000, HOUR))
                .compare(truth, copy);

        assertThat(report.caughtUp()).isFalse();
        assertThat(report.discrepancies()).containsExactly(new Discrepancy<>(50, Kind.STALE, 2, 1));
        assertThat(report.took()).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1_100));
    }

    @Test
    void reportIsBoundedAndCountsAll() throws Exception {
        for (int key = 0; key < 50; key++) {
            truth.put(key, "HIGH", 1);
        }

        AuditReport<Integer> report = audit(new AuditLimits(10, 1_000, Duration.ZERO, 7, HOUR)).compare(truth, copy);

        assertThat(report.discrepancies()).hasSize(7);
        assertThat(report.found()).isEqualTo(50);
    }

    @Test
    void failureOfASourceEndsTheAudit() {
        IOException down = new IOException("down");
        Table broken = new Table("broken") {
            @Override
            public Optional<Entry<Integer, String>> find(Integer key) throws IOException {
                throw down;
            }
        };
        truth.put(1, "HIGH", 1);

        assertThatThrownBy(() -> audit.compare(truth, broken)).isSameAs(down);
    }

    @Test
    void frozenInstanceOfEightIsNamed() throws Exception {
        List<Table> instances = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Table instance = new Table("payments-" + i);
            for (int key = 0; key < 100; key++) {
                instance.put(key, "HIGH", 1);
            }
            instances.add(instance);
        }
        for (Table instance : instances) {
            if (!instance.name().equals("payments-5")) {
                instance.put(17, "NORMAL", 2);
                instance.entries.remove(30);
                instance.put(200, "HIGH", 1);
                instance.position = 3;
            }
        }

        List<AuditReport<Integer>> reports = audit.among(instances);

        assertThat(reports).filteredOn(report -> !report.isClean()).singleElement().satisfies(report -> {
            assertThat(report.copy()).isEqualTo("payments-5");
            assertThat(report.caughtUp()).isFalse();
            assertThat(report.discrepancies()).containsExactly(new Discrepancy<>(17, Kind.STALE, 2, 1),
                    new Discrepancy<>(30, Kind.EXTRA, -1, 1), new Discrepancy<>(200, Kind.MISSING, 1, -1));
        });
        assertThat(reports).extracting(AuditReport::keys).containsOnly(100L, 101L);
    }

    @Test
    void poisonedInstanceOfThreeIsNamed() throws Exception {
        List<Table> instances = List.of(new Table("a"), new Table("b"), new Table("c"));
        for (Table instance : instances) {
            for (int key = 0; key < 35; key++) {
                instance.put(key, "HIGH", 1);
            }
        }
        instances.getFirst().put(31, "NORMAL", 1);

        assertThat(audit.among(instances)).filteredOn(report -> !report.isClean()).singleElement()
                .satisfies(report -> assertThat(report.copy()).isEqualTo("a"));
    }

    @Test
    void oneInstanceHasNothingToBeComparedWith() {
        assertThatIllegalArgumentException().isThrownBy(() -> audit.among(List.of(copy)));
    }

    private static Audited.Outcome outcome(long found, long moving, boolean caughtUp, boolean complete) {
        return new Audited.Compared<>(Instant.EPOCH,
                new AuditReport<Integer>("truth", "copy", 10, List.of(), found, moving,
                        caughtUp, complete, HOUR))
                .outcome();
    }

    @Test
    void isClearOnlyIfTheCopyWasNotBehindAndEveryKeyWasAtRest() {
        assertThat(outcome(0, 0, true, true)).isEqualTo(Audited.Outcome.CLEAN);
        assertThat(outcome(1, 0, true, true)).isEqualTo(Audited.Outcome.DIFFERENT);
        assertThat(outcome(1, 1, true, false)).as("what was found stands").isEqualTo(Audited.Outcome.DIFFERENT);
        assertThat(outcome(1, 0, false, true)).as("may be lag").isEqualTo(Audited.Outcome.UNCLEAR);
        assertThat(outcome(0, 0, false, true)).isEqualTo(Audited.Outcome.UNCLEAR);
        assertThat(outcome(0, 1, true, true)).isEqualTo(Audited.Outcome.UNCLEAR);
        assertThat(outcome(0, 0, true, false)).isEqualTo(Audited.Outcome.UNCLEAR);
        assertThat(new Audited.Failed<>(Instant.EPOCH, "away").outcome()).isEqualTo(Audited.Outcome.FAILED);
    }

    @Test
    void limitsOutOfBoundsAreRejected() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new AuditLimits(0, 1, second, 1, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new AuditLimits(100_001, 1, second, 1, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new AuditLimits(1, 0, second, 1, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new AuditLimits(1, 1, second.negated(), 1, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new AuditLimits(1, 1, second, 0, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new AuditLimits(1, 1, second, 1, Duration.ZERO));
        assertThat(AuditLimits.standard().chunk()).isEqualTo(1_000);
    }
}
