package io.datadrivenchanges.experiment;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import io.datadrivenchanges.experiment.Exposures.Sight;
import io.datadrivenchanges.experiment.verdict.Counts;
import io.datadrivenchanges.experiment.verdict.Criteria;
import io.datadrivenchanges.experiment.verdict.Losses;
import io.datadrivenchanges.experiment.verdict.Totals;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ExposuresTest {

    private static final long KEY = 42;
    private static final long CAP = 1_000;

    private final Exposures exposures = new Exposures(Exposures.DEFAULT_KEYS,
            Criteria.STANDARD.withBudget("EUR", new Criteria.Budget(CAP, 0.001)));
    private long nanos;

    private @Nullable Exposure read(long key, long version, Sight sight) {
        return exposures.read(key, version, sight, nanos, "all", cohort -> cohort);
    }

    private Exposure open(long key, long version) {
        return Objects.requireNonNull(read(key, version, Sight.UNEQUAL));
    }

    private Totals totals() {
        return exposures.ledger().totals(0, 0, 0, 0, true);
    }

    private Counts changes() {
        return totals().changes();
    }

    private static Counts good(long count) {
        return new Counts(count, 0, 0, 0, 0, 0);
    }

    private static Counts bad(long count) {
        return new Counts(0, count, 0, 0, 0, 0);
    }

    @Test
    void theFirstReadOfAKeyIsBaselineAndTheFirstAfterARiseIsAnExposure() {
        for (long version = 1; version <= 5; version++) {
            for (int i = 0; i < 10; i++) {
                read(KEY, version, Sight.EQUAL);
            }
        }

        assertThat(totals().baseline()).isEqualTo(good(1));
        assertThat(changes()).isEqualTo(good(4));
    }

    @Test
    void anUnknownOrOlderVersionSaysNothing() {
        read(KEY, -1, Sight.FAILED);
        read(KEY, 7, Sight.EQUAL);
        read(KEY, 6, Sight.UNEQUAL);
        read(KEY, 6, Sight.FAILED);

        assertThat(totals().baseline()).isEqualTo(good(1));
        assertThat(changes()).isEqualTo(Counts.NONE);
    }

    @Test
    void aFailureIsBadAtOnceAndAnIgnoredOneLeftOut() {
        read(KEY, 1, Sight.EQUAL);
        read(KEY, 2, Sight.FAILED);
        read(KEY, 3, Sight.IGNORED);

        assertThat(changes()).isEqualTo(new Counts(0, 1, 0, 0, 0, 1));
    }

    @Test
    void anUnequalOneStaysOpenUntilItIsSettledOnce() {
        read(KEY, 1, Sight.EQUAL);
        Exposure open = open(KEY, 2);
        assertThat(changes()).isEqualTo(new Counts(0, 0, 1, 0, 0, 0));
        assertThat(read(KEY, 2, Sight.UNEQUAL)).isSameAs(open);

        assertThat(open.settle(Exposure.Standing.GOOD)).isTrue();
        assertThat(open.settle(Exposure.Standing.BAD)).isFalse();

        assertThat(changes()).isEqualTo(good(1));
    }

    @Test
    void everySettlementHasItsCount() {
        List<Exposure.Standing> ends = List.of(Exposure.Standing.GOOD, Exposure.Standing.BAD,
                Exposure.Standing.UNSETTLED, Exposure.Standing.SUPERSEDED, Exposure.Standing.IGNORED);
        read(KEY, 1, Sight.EQUAL);
        for (int i = 0; i < ends.size(); i++) {
            settle(read(KEY, 2 + i, Sight.UNEQUAL), ends.get(i));
        }

        assertThat(changes()).isEqualTo(new Counts(1, 1, 0, 1, 1, 1));
    }

    @Test
    void aLaterDivergenceAddsOneBadExposure() {
        read(KEY, 1, Sight.EQUAL);
        read(KEY, 2, Sight.EQUAL);

        Exposure late = read(KEY, 2, Sight.UNEQUAL);
        assertThat(changes()).isEqualTo(new Counts(1, 0, 1, 0, 0, 0));
        settle(late, Exposure.Standing.BAD);
        for (int i = 0; i < 10; i++) {
            assertThat(read(KEY, 2, Sight.UNEQUAL)).isNull();
            read(KEY, 2, Sight.FAILED);
        }

        assertThat(changes()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
    }

    @Test
    void aLaterDifferenceThatGoesAwayAddsNothingHoweverOften() {
        read(KEY, 1, Sight.EQUAL);
        read(KEY, 2, Sight.EQUAL);

        for (int i = 0; i < 10; i++) {
            settle(read(KEY, 2, Sight.UNEQUAL), Exposure.Standing.GOOD);
        }

        assertThat(changes()).isEqualTo(good(1));
    }

    @Test
    void aBaselineThatDivergesLaterIsABadChange() {
        read(KEY, 1, Sight.EQUAL);
        settle(read(KEY, 1, Sight.UNEQUAL), Exposure.Standing.BAD);

        assertThat(totals().baseline()).isEqualTo(good(1));
        assertThat(changes()).isEqualTo(bad(1));
    }

    @Test
    void readsLieAndChangesDoNot() {
        int keys = 10_000;
        int changes = 100;
        int reads = 1_000_000;
        long[] control = new long[keys];
        long[] candidate = new long[keys];
        SplittableRandom random = new SplittableRandom(1);
        long matched = 0;
        int changed = 0;
        for (int i = 0; i < keys; i++) {
            read(i, 0, Sight.EQUAL);
        }
        for (int i = 0; i < reads; i++) {
            if (i % (reads / changes) == 0) {
                int key = changed * (keys / changes);
                control[key]++;
                if (changed++ % 10 != 9) {
                    candidate[key]++;
                }
            }
            // The changed key is read next, then others by chance.
            int key = i % (reads / changes) == 0 ? (changed - 1) * (keys / changes) : random.nextInt(keys);
            boolean equal = control[key] == candidate[key];
            matched += equal ? 1 : 0;
            settle(read(key, control[key], equal ? Sight.EQUAL : Sight.UNEQUAL), Exposure.Standing.BAD);
        }

        assertThat((double) matched / reads).isGreaterThanOrEqualTo(0.999);
        assertThat(totals().baseline()).isEqualTo(good(keys));
        assertThat(changes()).isEqualTo(new Counts(90, 10, 0, 0, 0, 0));
    }

    @Test
    void aKeyThatWasEvictedIsBaselineAgain() {
        Exposures small = new Exposures(8, Criteria.STANDARD);
        for (int key = 0; key < 9; key++) {
            small.read(key, 1, Sight.EQUAL, key, "all", cohort -> cohort);
        }
        small.read(8, 2, Sight.EQUAL, 9, "all", cohort -> cohort);
        small.read(0, 2, Sight.EQUAL, 10, "all", cohort -> cohort);

        Totals totals = small.ledger().totals(0, 0, 0, 0, true);
        assertThat(totals.baseline()).as("the oldest, key 0, made room for key 8").isEqualTo(good(10));
        assertThat(totals.changes()).isEqualTo(good(1));
    }

    @Test
    void remembersAsManyKeysAsPromisedButForAFew() {
        Exposures table = new Exposures(20_000, Criteria.STANDARD);
        for (int round = 1; round <= 2; round++) {
            for (int key = 0; key < 10_000; key++) {
                table.read(key, round, Sight.EQUAL, key, "all", cohort -> cohort);
            }
        }

        assertThat(table.ledger().totals(0, 0, 0, 0, true).changes().good()).isGreaterThan(9_980);
    }

    @Test
    void countsByCohortAndPutsTheManyTogether() {
        for (int i = 0; i < 100; i++) {
            String cohort = "c" + i;
            exposures.read(i, 1, Sight.EQUAL, 0, cohort, name -> name);
            exposures.read(i, 2, Sight.FAILED, 0, cohort, name -> name);
        }

        Map<String, Counts> cohorts = totals().cohorts();
        assertThat(cohorts).hasSize(Ledger.MAX_COHORTS + 1).containsEntry("c0", bad(1)).containsEntry(Ledger.OTHER,
                bad(100 - Ledger.MAX_COHORTS));
    }

    @Test
    void whatReadsWouldHaveCostWhileOpenIsTheLossOfTheExposure() {
        read(KEY, 1, Sight.EQUAL);
        Exposure open = open(KEY, 2);
        open.lose("EUR", 300);
        open.lose("EUR", -200);
        open.lose("USD", 999);
        open.settle(Exposure.Standing.GOOD);
        open.lose("EUR", 300);

        Losses losses = totals().losses().getOrDefault("EUR", Losses.NONE);
        assertThat(losses.exposures()).isEqualTo(1);
        assertThat(losses.counts()[Losses.bucket(500, CAP)]).isEqualTo(1);
        assertThat(totals().beyondCap()).isZero();
    }

    @Test
    void aLossBeyondTheCapIsCountedAsSuch() {
        read(KEY, 1, Sight.EQUAL);
        Exposure open = open(KEY, 2);
        open.lose("EUR", CAP);
        open.lose("EUR", Long.MIN_VALUE);
        settle(open, Exposure.Standing.BAD);

        assertThat(totals().beyondCap()).isEqualTo(1);
    }

    @Test
    void chartsHowOftenReadsAreWrongByTheTimeSinceTheChange() {
        read(KEY, 1, Sight.EQUAL);
        settle(read(KEY, 2, Sight.UNEQUAL), Exposure.Standing.GOOD);
        nanos = TimeUnit.MILLISECONDS.toNanos(5);
        read(KEY, 2, Sight.UNEQUAL);
        nanos = TimeUnit.MILLISECONDS.toNanos(50);
        read(KEY, 2, Sight.EQUAL);
        read(KEY, 2, Sight.EQUAL);

        Map<Duration, Assessment.Age> ages = new HashMap<>(exposures.ledger().ages());
        assertThat(ages.remove(Duration.ofMillis(1))).isEqualTo(new Assessment.Age(1, 1));
        assertThat(ages.remove(Duration.ofMillis(10))).isEqualTo(new Assessment.Age(1, 1));
        assertThat(ages.remove(Duration.ofMillis(100))).isEqualTo(new Assessment.Age(2, 0));
        assertThat(ages.values()).containsOnly(new Assessment.Age(0, 0));
    }

    @Test
    void raisesTheAlarmWhenBadOnesFollowEachOther() {
        read(KEY, 1, Sight.EQUAL);
        for (int version = 2; version < 10_000; version++) {
            read(KEY, version, Sight.EQUAL);
        }
        assertThat(exposures.ledger().alarmed()).isFalse();

        for (int version = 10_000; version < 10_003; version++) {
            settle(read(KEY, version, Sight.UNEQUAL), Exposure.Standing.BAD);
        }

        assertThat(exposures.ledger().alarmed()).isTrue();
        assertThat(totals().alarm()).isTrue();
    }

    @Test
    void anAlarmWaitsForTheSettlement() {
        read(KEY, 1, Sight.EQUAL);
        List<Exposure> open = new ArrayList<>();
        for (int version = 2; version < 5; version++) {
            open.add(open(KEY, version));
        }
        assertThat(exposures.ledger().alarmed()).isFalse();

        open.forEach(each -> each.settle(Exposure.Standing.BAD));

        assertThat(exposures.ledger().alarmed()).isTrue();
    }

    @Test
    void aNewGenerationStartsFromZeroAndKnowsTheKeys() {
        read(KEY, 1, Sight.EQUAL);
        Exposure open = read(KEY, 2, Sight.UNEQUAL);
        Ledger before = exposures.ledger();
        exposures.begin(Criteria.STANDARD);
        settle(open, Exposure.Standing.BAD);
        read(KEY, 3, Sight.EQUAL);

        assertThat(before.totals(0, 0, 0, 0, true).changes()).isEqualTo(bad(1));
        assertThat(changes()).isEqualTo(good(1));
        assertThat(totals().baseline()).isEqualTo(Counts.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 1})
    void threadsThatSeeTheSameRiseCountItOnce(int wrongEach) throws Exception {
        int threads = 8;
        int versions = 20_000 / wrongEach;
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> done = new ArrayList<>();
        try (ExecutorService runners = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                done.add(runners.submit(() -> {
                    start.await();
                    for (int version = 0; version < versions; version++) {
                        for (int key = 0; key < 16; key++) {
                            settle(read(key, version,
                                    version % wrongEach == wrongEach - 1 ? Sight.UNEQUAL : Sight.EQUAL),
                                    Exposure.Standing.BAD);
                        }
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> each : done) {
                each.get(30, TimeUnit.SECONDS);
            }
        }

        assertThat(totals().baseline()).isEqualTo(wrongEach == 1 ? bad(16) : good(16));
        // A thread may skip a version that another has left behind, but each rise that was seen was counted once.
        assertThat(changes().exposures()).isLessThanOrEqualTo(16L * (versions - 1));
        assertThat(changes().good() + changes().bad()).isEqualTo(changes().exposures());
        assertThat(changes().bad()).isLessThanOrEqualTo(16L * versions / wrongEach);
    }

    @Test
    void aReadThatBringsNothingNewAllocatesNothing() {
        read(KEY, 1, Sight.EQUAL);
        read(KEY, 2, Sight.EQUAL);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int reads = 200_000;
        readOften(reads);
        long before = threads.getCurrentThreadAllocatedBytes();
        readOften(reads);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(allocated).isLessThan(reads / 10);
    }

    private void readOften(int reads) {
        for (int i = 0; i < reads; i++) {
            read(KEY, 2, Sight.EQUAL);
        }
    }

    private static void settle(@Nullable Exposure exposure, Exposure.Standing standing) {
        if (exposure != null) {
            exposure.settle(standing);
        }
    }
}
