package io.datadrivenchanges.experiment.verdict;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import io.datadrivenchanges.experiment.verdict.Check.Condition;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class VerdictTest {

    private static final Duration WEEK = Duration.ofDays(7);
    private static final Criteria.Budget BUDGET = new Criteria.Budget(10_000, 0.001);

    /// Totals that suffice, to be spoilt one at a time.
    private static final class Given {

        private Counts changes = new Counts(3_556, 0, 0, 0, 0, 0);
        private Counts baseline = new Counts(3_556, 0, 0, 0, 0, 0);
        private final SortedMap<String, Counts> cohorts = new TreeMap<>();
        private final SortedMap<String, Losses> losses = new TreeMap<>();
        private long beyondCap;
        private long seeds = 354;
        private long seedsMissed;
        private long shed;
        private boolean lawsIntact = true;
        private boolean alarm;

        private Totals totals() {
            return new Totals(changes, baseline, cohorts, losses, beyondCap, seeds, seedsMissed, 100_000, shed,
                    lawsIntact, alarm);
        }

        private Verdict verdict(Criteria criteria) {
            return Verdict.of(new Fleet(List.of(totals()), WEEK), criteria);
        }

        private Verdict verdict() {
            return verdict(Criteria.STANDARD);
        }

        private List<Condition> lacking(Criteria criteria) {
            return verdict(criteria) instanceof Verdict.Continue more ? more.lacking() : List.of();
        }

        private List<Condition> lacking() {
            return lacking(Criteria.STANDARD);
        }
    }

    private final Given given = new Given();

    @Test
    void promotesWhenAllConditionsHold() {
        Verdict verdict = given.verdict();

        assertThat(verdict).isInstanceOf(Verdict.Promote.class);
        assertThat(verdict.key()).isEqualTo("promote");
        assertThat(verdict.reason()).isEqualTo("Fewer than 1 in 1,000 changes are wrong; 0 of 3,556 bad");
        assertThat(verdict.checks()).allMatch(Check::met).extracting(Check::condition).containsExactly(
                Condition.CHANGES, Condition.BASELINE, Condition.SENSITIVITY, Condition.SHED, Condition.LEFT_OUT,
                Condition.EXPOSURES, Condition.COHORTS, Condition.SPAN, Condition.LAWS);
    }

    @Test
    void saysOfEachConditionHowItStands() {
        List<Check> checks = given.verdict().checks();

        assertThat(checks.getFirst().actual()).isEqualTo("below 1 in 1,000");
        assertThat(checks.getLast().actual()).isEqualTo("intact");
    }

    @Test
    void continuesWhileAnAuditIsAllThatLacks() {
        var promote = (Verdict.Promote) given.verdict();

        Verdict.Continue verdict = promote.awaitingAudit();

        assertThat(verdict.lacking()).containsExactly(Condition.AUDIT);
        assertThat(verdict.reason())
                .isEqualTo("Fewer than 1 in 1,000 changes are wrong; 0 of 3,556 bad; lacking: audit");
        assertThat(verdict.numbers()).isEqualTo(promote.numbers());
        assertThat(verdict.checks()).startsWith(promote.checks().toArray(Check[]::new)).last()
                .satisfies(check -> assertThat(check.met()).isFalse());
    }

    @Test
    void saysHowManyExposuresAreNeededAndWhatLacks() {
        given.changes = new Counts(238, 1, 1, 0, 0, 0);
        given.seeds = 12;

        Verdict verdict = given.verdict();

        assertThat(verdict.key()).isEqualTo("continue");
        assertThat(verdict.reason()).isEqualTo(
                "Collecting, 2 of 240 bad, 1 of these not settled, 8,581 needed; lacking: changes, sensitivity");
        assertThat(verdict.numbers().needed()).isEqualTo(8_581);
    }

    @Test
    void openAndUnsettledExposuresAreBadForPromotionAndGoodForDemotion() {
        given.changes = new Counts(6_490, 0, 1, 0, 0, 0);
        assertThat(given.lacking()).containsExactly(Condition.CHANGES);
        given.changes = new Counts(6_490, 0, 0, 1, 0, 0);
        assertThat(given.lacking()).containsExactly(Condition.CHANGES);
        given.changes = new Counts(6_491, 0, 0, 1, 0, 0);
        assertThat(given.verdict()).isInstanceOf(Verdict.Promote.class);

        given.changes = new Counts(10, 0, 500, 500, 0, 0);
        assertThat(given.verdict()).isInstanceOf(Verdict.Continue.class);
        given.changes = new Counts(10, 500, 0, 500, 0, 0);
        assertThat(given.verdict()).isInstanceOf(Verdict.Demote.class);
    }

    @Test
    void demotesWhenTheRateIsProvenHigh() {
        long last = RateProof.above(1e-3, 0.01).turningPoint(5).orElseThrow();
        given.changes = new Counts(last - 5, 5, 0, 0, 0, 0);

        Verdict verdict = given.verdict();

        assertThat(verdict).isInstanceOfSatisfying(Verdict.Demote.class,
                demote -> assertThat(demote.alarm()).isFalse());
        assertThat(verdict.reason()).startsWith("More than 1 in 1,000 changes are wrong; 5 of ");
        given.changes = new Counts(last - 4, 5, 0, 0, 0, 0);
        assertThat(given.verdict()).isInstanceOf(Verdict.Continue.class);
    }

    @Test
    void demotesOnTheGuardsAlarmEvenIfNothingElseIsKnown() {
        given.alarm = true;
        given.lawsIntact = false;
        given.seedsMissed = given.seeds;

        assertThat(given.verdict()).isInstanceOfSatisfying(Verdict.Demote.class,
                demote -> assertThat(demote.alarm()).isTrue());
    }

    @Test
    void isBlockedWithoutData() {
        Verdict verdict = Verdict.of(new Fleet(List.of(), WEEK), Criteria.STANDARD);

        assertBlocked(verdict, Verdict.Why.NO_DATA);
        assertThat(verdict.numbers().needed()).isEqualTo(3_556);
        assertBlocked(Verdict.of(new Fleet(List.of(Totals.NONE), WEEK), Criteria.STANDARD), Verdict.Why.NO_DATA);
    }

    @Test
    void isBlockedWhenTheLawsAreBroken() {
        given.lawsIntact = false;

        assertBlocked(given.verdict(), Verdict.Why.LAWS_BROKEN);
        assertThat(Verdict.Why.LAWS_BROKEN.key()).isEqualTo("laws_broken");
    }

    @Test
    void isBlockedAsBlindUnlessFewEnoughSeedsWereMissed() {
        given.seeds = 353;
        assertThat(given.lacking()).containsExactly(Condition.SENSITIVITY);
        given.seeds = 354;
        given.seedsMissed = 1;
        assertBlocked(given.verdict(), Verdict.Why.BLIND);
        given.seeds = 646;
        assertBlocked(given.verdict(), Verdict.Why.BLIND);
        given.seeds = 647;
        assertThat(given.verdict()).isInstanceOf(Verdict.Promote.class);
    }

    @Test
    void isFoundBlindAfterThreeSeedsIfNoneIsNoticed() {
        given.seeds = 3;
        given.seedsMissed = 3;

        assertBlocked(given.verdict(), Verdict.Why.BLIND);
        assertThat(given.verdict(Criteria.STANDARD.withSeeded(false))).isInstanceOf(Verdict.Promote.class);
    }

    @Test
    void isBlockedWhenALossIsBeyondTheCap() {
        given.beyondCap = 1;

        assertBlocked(given.verdict(), Verdict.Why.LOSS_BEYOND_CAP);
    }

    @Test
    void needsABaseline() {
        given.baseline = new Counts(3_555, 0, 0, 0, 0, 0);

        assertThat(given.lacking()).containsExactly(Condition.BASELINE);
        assertThat(given.lacking(Criteria.STANDARD.withBaselineRate(0.01))).isEmpty();
    }

    @Test
    void needsTheMeanLossToBeWithinBudget() {
        Criteria criteria = Criteria.STANDARD.withBudget("EUR", BUDGET);
        assertThat(given.verdict(criteria)).isInstanceOf(Verdict.Promote.class);

        long[] counts = new long[Losses.BUCKETS];
        counts[Losses.bucket(10_000, 10_000)] = 3;
        given.losses.put("EUR", Losses.of(counts));

        assertThat(given.lacking(criteria)).containsExactly(Condition.MONEY);
        assertThat(given.verdict(criteria).checks()).filteredOn(check -> check.condition() == Condition.MONEY)
                .singleElement().satisfies(check -> {
                    assertThat(check.limit()).isEqualTo("below 10,000 minor units of EUR per 1,000 changes");
                    assertThat(check.actual()).matches("below [0-9,]+ minor units of EUR per 1,000 changes");
                });
    }

    @Test
    void boundsTheMeanLossByTheLeastThatIsProven() {
        given.losses.put("EUR", Losses.NONE);

        assertThat(given.verdict(Criteria.STANDARD.withBudget("EUR", BUDGET)).checks())
                .filteredOn(check -> check.condition() == Condition.MONEY).singleElement()
                .satisfies(check -> assertThat(check.actual()).isEqualTo(
                        "below %,d minor units of EUR per 1,000 changes".formatted(Math.round(10_000 * 1_000
                                * Losses.NONE.upperBound(3_556, 0, Verdict.PROMOTE_ERROR).orElseThrow()))));
        given.changes = Counts.NONE;
        assertThat(given.verdict(Criteria.STANDARD.withBudget("EUR", BUDGET)).checks())
                .filteredOn(check -> check.condition() == Condition.MONEY).singleElement()
                .satisfies(check -> assertThat(check.actual()).isEqualTo("unknown"));
    }

    @Test
    void allowsLessThanOnePercentToBeShed() {
        given.shed = 999;
        assertThat(given.verdict()).isInstanceOf(Verdict.Promote.class);
        given.shed = 1_000;
        assertThat(given.lacking()).containsExactly(Condition.SHED);
    }

    @Test
    void allowsFivePercentToBeLeftOut() {
        given.changes = new Counts(3_800, 0, 0, 0, 100, 100);
        assertThat(given.verdict()).isInstanceOf(Verdict.Promote.class);
        given.changes = new Counts(3_800, 0, 0, 0, 101, 100);
        assertThat(given.lacking()).containsExactly(Condition.LEFT_OUT);
    }

    @Test
    void needsTheCoverageAskedFor() {
        assertThat(given.lacking(Criteria.STANDARD.withMinExposures(3_557))).containsExactly(Condition.EXPOSURES);
        assertThat(given.lacking(Criteria.STANDARD.withMinExposures(3_556))).isEmpty();
        assertThat(given.lacking(Criteria.STANDARD.withMinSpan(WEEK.plusNanos(1)))).containsExactly(Condition.SPAN);

        given.cohorts.put("a", new Counts(1, 0, 0, 0, 0, 0));
        given.cohorts.put("b", new Counts(0, 0, 0, 0, 1, 0));
        given.cohorts.put("c", new Counts(0, 0, 0, 0, 0, 1));
        assertThat(given.lacking(Criteria.STANDARD.withMinCohorts(2))).containsExactly(Condition.COHORTS);
        assertThat(given.lacking(Criteria.STANDARD.withMinCohorts(1))).isEmpty();
    }

    @Test
    void instancesThatSeeTheSameDoNotProveItTwice() {
        given.changes = new Counts(1_778, 0, 0, 0, 0, 0);
        Totals half = given.totals();

        Verdict two = Verdict.of(new Fleet(List.of(half, half), WEEK), Criteria.STANDARD);
        Verdict epochs = Verdict.of(new Fleet(List.of(half.plus(half)), WEEK), Criteria.STANDARD);

        assertThat(two).isInstanceOf(Verdict.Continue.class);
        assertThat(two.numbers().needed()).isEqualTo(2 * 3_556);
        assertThat(epochs).isInstanceOf(Verdict.Promote.class);
    }

    @Test
    void oneInstancesAlarmIsEnough() {
        Totals calm = given.totals();
        given.alarm = true;

        assertThat(Verdict.of(new Fleet(List.of(calm, given.totals(), calm), WEEK), Criteria.STANDARD))
                .isInstanceOf(Verdict.Demote.class);
    }

    @Test
    void aBoundOnTheRateIsGivenAsSoonAsThereIsOne() {
        assertThat(given.verdict().numbers().rateBound()).hasValue(0.001);
        given.changes = Counts.NONE;
        assertThat(given.verdict().numbers().rateBound()).isEmpty();
    }

    @Test
    void judgesAnythingWithoutThrowing() {
        for (Counts changes : Arrays.asList(Counts.NONE, new Counts(0, 1_000_000_000, 0, 0, 0, 0),
                new Counts(1_000_000_000_000L, 0, 0, 0, 0, 0), new Counts(0, 0, 0, 0, 5, 5),
                new Counts(0, 0, 1, 1, 0, 0))) {
            for (double rate : new double[]{1e-6, 1e-3, 0.49}) {
                given.changes = changes;
                given.losses.put("EUR", Losses.NONE);

                assertThat(given.verdict(Criteria.STANDARD.withRate(rate).withBudget("EUR", BUDGET)).reason())
                        .isNotBlank();
            }
        }
    }

    private static void assertBlocked(Verdict verdict, Verdict.Why why) {
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Blocked.class,
                blocked -> assertThat(blocked.why()).isEqualTo(why));
    }
}
