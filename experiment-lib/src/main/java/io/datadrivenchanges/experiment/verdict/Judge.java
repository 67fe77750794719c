package io.datadrivenchanges.experiment.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/// Weighs the totals of a fleet by one set of criteria. Going back comes first, as it is safe even if the evidence is not; then whether the
/// evidence can be trusted; then whether it suffices.
final class Judge {

    private final Fleet fleet;
    private final Criteria criteria;
    private final Totals sum;
    private final RateProof low;
    private final RateProof high;
    private final Verdict.Numbers numbers;
    private final List<Check> checks = new ArrayList<>();

    Judge(Fleet fleet, Criteria criteria) {
        this.fleet = fleet;
        this.criteria = criteria;
        sum = fleet.sum();
        low = RateProof.below(criteria.rate(), Verdict.PROMOTE_ERROR);
        high = RateProof.above(criteria.rate(), Verdict.DEMOTE_ERROR);
        Counts changes = sum.changes();
        numbers = new Verdict.Numbers(changes.exposures(), changes.badForPromotion(), changes.unknown(), needed(),
                rateBound(), lowWealth(low), low.boundary(),
                fleet.logMean(
                        one -> high.logWealth(one.changes().exposures(), one.changes().badForDemotion())),
                high.boundary());
    }

    Verdict verdict() {
        check();
        if (sum.alarm()) {
            return new Verdict.Demote(numbers, checks,
                    "The guard found that too many exposures have been bad lately; " + found(), true);
        }
        if (high.holds(numbers.demote())) {
            return new Verdict.Demote(numbers, checks,
                    "More than " + oneIn(criteria.rate()) + " changes are wrong; " + found(), false);
        }
        Counts all = sum.changes().plus(sum.baseline());
        if (all.exposures() == 0) {
            return blocked(Verdict.Why.NO_DATA, "Nothing has been compared yet");
        }
        if (!sum.lawsIntact()) {
            return blocked(Verdict.Why.LAWS_BROKEN, "The counts do not add up");
        }
        if (isBlind()) {
            return blocked(Verdict.Why.BLIND,
                    of(sum.seedsMissed(), sum.seeds()) + " falsified answers went unnoticed");
        }
        if (sum.beyondCap() > 0) {
            return blocked(Verdict.Why.LOSS_BEYOND_CAP,
                    number(sum.beyondCap()) + " exposures would have cost more than the cap");
        }
        List<Check.Condition> lacking = checks.stream().filter(check -> !check.met()).map(Check::condition).toList();
        if (lacking.isEmpty()) {
            return new Verdict.Promote(numbers, checks,
                    "Fewer than " + oneIn(criteria.rate()) + " changes are wrong; " + found());
        }
        return new Verdict.Continue(numbers, checks, "Collecting, " + found() + "; lacking: "
                + lacking.stream().map(Check.Condition::key).collect(Collectors.joining(", ")), lacking);
    }

    private Verdict blocked(Verdict.Why why, String reason) {
        return new Verdict.Blocked(numbers, checks, reason, why);
    }

    private String found() {
        return of(numbers.bad(), numbers.exposures()) + " bad"
                + (numbers.unknown() > 0 ? ", " + number(numbers.unknown()) + " of these not settled" : "")
                + (numbers.needed() > numbers.exposures() ? ", " + number(numbers.needed()) + " needed" : "");
    }

    private void check() {
        add(Check.Condition.CHANGES, low.holds(numbers.promote()), bound(numbers.rateBound()),
                "below " + oneIn(criteria.rate()));
        checkBaseline();
        checkMoney();
        checkSensitivity();
        add(Check.Condition.SHED, sum.shed() == 0 || sum.shed() < Verdict.MAX_SHED * sum.runs(),
                of(sum.shed(), sum.runs()) + " runs", "below 1 %");
        long leftOut = sum.changes().leftOut();
        long all = leftOut + sum.changes().exposures();
        add(Check.Condition.LEFT_OUT, leftOut <= Verdict.MAX_LEFT_OUT * all, of(leftOut, all),
                "at most 5 %");
        add(Check.Condition.EXPOSURES, numbers.exposures() >= criteria.minExposures(),
                number(numbers.exposures()), "at least " + number(criteria.minExposures()));
        long cohorts = sum.cohorts().values().stream().filter(counts -> counts.exposures() > 0).count();
        add(Check.Condition.COHORTS, cohorts >= criteria.minCohorts(), number(cohorts),
                "at least " + number(criteria.minCohorts()));
        add(Check.Condition.SPAN, fleet.span().compareTo(criteria.minSpan()) >= 0, fleet.span().toString(),
                "at least " + criteria.minSpan());
        add(Check.Condition.LAWS, sum.lawsIntact(), sum.lawsIntact() ? "intact" : "broken", "intact");
    }

    private void checkBaseline() {
        RateProof proof = RateProof.below(criteria.baselineRate(), Verdict.PROMOTE_ERROR);
        double wealth = fleet
                .logMean(one -> proof.logWealth(one.baseline().exposures(), one.baseline().badForPromotion()));
        add(Check.Condition.BASELINE, proof.holds(wealth),
                of(sum.baseline().badForPromotion(), sum.baseline().exposures()) + " bad",
                "below " + oneIn(criteria.baselineRate()));
    }

    private void checkMoney() {
        for (Map.Entry<String, Criteria.Budget> each : criteria.budgets().entrySet()) {
            String currency = each.getKey();
            Criteria.Budget budget = each.getValue();
            double boundary = -Math.log(Verdict.PROMOTE_ERROR);
            OptionalDouble bound = Grid.least(share -> lossWealth(currency, share) >= boundary, 1);
            add(Check.Condition.MONEY, lossWealth(currency, budget.share()) >= boundary,
                    bound.isPresent() ? "below " + perExposure(bound.getAsDouble(), budget.cap(), currency) : "unknown",
                    "below " + perExposure(budget.share(), budget.cap(), currency));
        }
    }

    private double lossWealth(String currency, double share) {
        return fleet.logMean(one -> one.losses().getOrDefault(currency, Losses.NONE)
                .logWealth(one.changes().exposures(), one.changes().unknown(), share));
    }

    /// In whole minor units per thousand changes, rounded up, but not for an error of the multiplication.
    private static String perExposure(double share, long cap, String currency) {
        double units = share * cap * 1_000;
        return number((long) Math.ceil(units - Math.ulp(units))) + " minor units of " + currency + " per 1,000 changes";
    }

    private void checkSensitivity() {
        if (criteria.seeded()) {
            add(Check.Condition.SENSITIVITY, noticed().holds(sum.seeds(), sum.seedsMissed()),
                    of(sum.seedsMissed(), sum.seeds()) + " missed", "below 1 in 100");
        }
    }

    private static RateProof noticed() {
        return RateProof.below(Verdict.MISS_RATE, Verdict.PROMOTE_ERROR);
    }

    /// As soon as it is proven, or once as many seeds were sown as would have shown the opposite had none been missed.
    private boolean isBlind() {
        if (!criteria.seeded()) {
            return false;
        }
        boolean proven = RateProof.above(Verdict.MISS_RATE, Verdict.DEMOTE_ERROR).holds(sum.seeds(), sum.seedsMissed());
        boolean enough = sum.seeds() >= noticed().turningPoint(0).orElseThrow();
        return proven || (enough && !noticed().holds(sum.seeds(), sum.seedsMissed()));
    }

    private double lowWealth(RateProof proof) {
        return fleet.logMean(one -> proof.logWealth(one.changes().exposures(), one.changes().badForPromotion()));
    }

    private OptionalDouble rateBound() {
        return RateProof.upperBound(Verdict.PROMOTE_ERROR, proof -> proof.holds(lowWealth(proof)));
    }

    /// Taken that every instance sees as many more exposures.
    private long needed() {
        if (fleet.instances().isEmpty()) {
            return low.turningPoint(0).orElseThrow();
        }
        long notYet = -1;
        long beyond = 0;
        while (!low.holds(lowWealth(beyond))) {
            notYet = beyond;
            beyond = Math.max(1, 2 * beyond);
        }
        while (beyond - notYet > 1) {
            long middle = notYet + (beyond - notYet) / 2;
            if (low.holds(lowWealth(middle))) {
                beyond = middle;
            } else {
                notYet = middle;
            }
        }
        return sum.changes().exposures() + beyond * fleet.instances().size();
    }

    private double lowWealth(long moreGood) {
        return fleet.logMean(one -> low.logWealth(one.changes().exposures() + moreGood,
                one.changes().badForPromotion()));
    }

    private void add(Check.Condition condition, boolean met, String actual, String limit) {
        checks.add(new Check(condition, met, actual, limit));
    }

    private static String bound(OptionalDouble rate) {
        return rate.isPresent() ? "below " + oneIn(rate.getAsDouble()) : "unknown";
    }

    private static String oneIn(double rate) {
        return "1 in " + number(Math.round(1 / rate));
    }

    private static String of(long part, long whole) {
        return number(part) + " of " + number(whole);
    }

    private static String number(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
