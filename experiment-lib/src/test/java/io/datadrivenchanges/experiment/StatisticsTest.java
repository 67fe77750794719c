package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import io.datadrivenchanges.experiment.testing.RecordingSink;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import io.datadrivenchanges.experiment.verdict.Counts;
import io.datadrivenchanges.experiment.verdict.Criteria;
import io.datadrivenchanges.experiment.verdict.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// A laboratory in virtual time: what callers do, down to the verdict.
class StatisticsTest {

    private static final Criteria CRITERIA = Criteria.STANDARD.withRate(0.01).withBaselineRate(0.1)
            .withMinSpan(Duration.ofHours(1)).withBudget("EUR", new Criteria.Budget(1_000, 0.05));
    private static final int KEYS = 100;
    /// Twice as many calls as it takes to sow enough.
    private static final int MOST_ROUNDS = 10_000;

    private final VirtualTime time = new VirtualTime();
    private final Laboratory lab = Laboratory.builder().time(time).build();
    private final Map<Integer, Level> control = new HashMap<>();
    private final Map<Integer, Level> candidate = new HashMap<>();

    private record Level(String name, long version, long cents) {

        private static final Level FIRST = new Level("NORMAL", 1, 100);

        private Level next() {
            return version % 2 == 0 ? new Level("NORMAL", version + 1, 100) : new Level("HIGH", version + 1, 110);
        }
    }

    @AfterEach
    void closeLaboratory() {
        lab.close();
    }

    private Experiment<Integer, Level, RuntimeException> experiment(Comparing<Level, Level> comparing,
            UnaryOperator<Rest<Integer, Level, Level, RuntimeException>> more) {
        Fn<Integer, Level, RuntimeException> read = key -> control.getOrDefault(key, Level.FIRST);
        return more.apply(lab.experiment("levels").control(read)
                .candidate("copy", (Integer key) -> candidate.getOrDefault(key, Level.FIRST), comparing)
                .shadow(new Shadow.Inline())
                .recheck(Recheck.none())
                .versions(Level::version, Level::version)
                .cohort(key -> key % 2 == 0 ? "even" : "odd")
                .impact(Impact.in("EUR", (key, left, right) -> right.cents() - left.cents()))
                .criteria(CRITERIA)).build();
    }

    private Experiment<Integer, Level, RuntimeException> experiment() {
        return experiment(Comparing.by(Level::name, Level::name), rest -> rest);
    }

    private static Assessment assessment(Experiment<?, ?, ?> experiment) {
        return experiment.summary().assessment().orElseThrow();
    }

    private void change(int key, boolean arrives) {
        Level next = control.getOrDefault(key, Level.FIRST).next();
        control.put(key, next);
        if (arrives) {
            candidate.put(key, next);
        }
    }

    private void readAll(Experiment<Integer, Level, RuntimeException> experiment) {
        for (int key = 0; key < KEYS; key++) {
            experiment.call(key);
        }
    }

    @Test
    void aCandidateThatFollowsIsPromotedOnceAllIsShown() {
        Experiment<Integer, Level, RuntimeException> experiment = experiment();
        assertThat(assessment(experiment).verdict()).isInstanceOfSatisfying(Verdict.Blocked.class,
                blocked -> assertThat(blocked.why()).isEqualTo(Verdict.Why.NO_DATA));

        readAll(experiment);
        int rounds = 0;
        while (rounds % 500 != 0 || (rounds < MOST_ROUNDS
                && !(assessment(experiment).verdict() instanceof Verdict.Promote))) {
            for (int key = 0; key < KEYS; key++) {
                change(key, true);
            }
            readAll(experiment);
            time.advance(Duration.ofSeconds(10));
            rounds++;
        }

        Assessment shown = assessment(experiment);
        assertThat(shown.verdict()).isInstanceOf(Verdict.Promote.class);
        assertThat(shown.totals().changes()).isEqualTo(new Counts((long) rounds * KEYS, 0, 0, 0, 0, 0));
        assertThat(shown.totals().baseline().good()).isEqualTo(KEYS);
        assertThat(shown.totals().cohorts()).containsOnlyKeys("even", "odd");
        assertThat(shown.totals().seeds()).isGreaterThanOrEqualTo(354);
        assertThat(shown.totals().seedsMissed()).isZero();
        assertThat(shown.span()).isGreaterThanOrEqualTo(Duration.ofHours(1));
    }

    @Test
    void lostUpdatesShowAsBadChangesThoughNearlyAllReadsMatch() {
        Experiment<Integer, Level, RuntimeException> experiment = experiment();
        readAll(experiment);
        for (int key = 0; key < 10; key++) {
            change(key, key != 3);
            experiment.call(key);
        }
        for (int i = 0; i < 100; i++) {
            experiment.call(50);
        }

        assertThat(assessment(experiment).totals().changes()).isEqualTo(new Counts(9, 1, 0, 0, 0, 0));
    }

    @Test
    void aCandidateThatBreaksIsDemotedByTheGuard() {
        Experiment<Integer, Level, RuntimeException> experiment = experiment();
        readAll(experiment);
        for (int i = 0; i < 200; i++) {
            change(i % KEYS, true);
            experiment.call(i % KEYS);
        }
        assertThat(assessment(experiment).verdict()).isInstanceOf(Verdict.Continue.class);

        for (int key = 0; key < 6; key++) {
            change(key, false);
            experiment.call(key);
        }

        assertThat(assessment(experiment).verdict()).isInstanceOf(Verdict.Demote.class);
        assertThat(assessment(experiment).totals().alarm()).isTrue();
    }

    @Test
    void whatWouldHaveBeenPaidWronglyIsExact() {
        Experiment<Integer, Level, RuntimeException> experiment = experiment();
        readAll(experiment);
        change(1, false); // HIGH, the copy says NORMAL: 10 too little
        change(2, true);
        candidate.put(2, new Level("NORMAL", 2, 100)); // the same
        candidate.put(3, new Level("OUTSTANDING", 1, 120)); // NORMAL is right: 20 too much
        readAll(experiment);
        experiment.call(3);

        assertThat(assessment(experiment).costs()).containsExactly(Map.entry("EUR", new Cost(4, 40, 20, 20)));
    }

    /// An impact may be dear, and may answer differently if asked twice.
    @Test
    void asksOnceWhatAMismatchCosts() {
        AtomicInteger asked = new AtomicInteger();
        RecordingSink sink = new RecordingSink();
        try (Laboratory watched = Laboratory.builder().sink(sink).build()) {
            Experiment<Integer, Integer, RuntimeException> experiment = watched.experiment("e")
                    .control((Integer input) -> input)
                    .candidate("wrong", input -> -input)
                    .shadow(new Shadow.Inline())
                    .recheck(Recheck.none())
                    .impact(Impact.in("EUR", (input, left, right) -> asked.incrementAndGet()))
                    .build();

            experiment.call(1);
            experiment.call(2);

            assertThat(watched.drain(Duration.ofSeconds(20))).isTrue();
            assertThat(asked).hasValue(2);
            assertThat(sink.settlements()).extracting(Report.Settled::cost)
                    .containsExactly(new Amount("EUR", 1), new Amount("EUR", 2));
            assertThat(watched.evidence("e")).extracting(Evidence::cost)
                    .containsExactlyInAnyOrder(new Amount("EUR", 1), new Amount("EUR", 2));
            assertThat(assessment(experiment).costs()).containsExactly(Map.entry("EUR", new Cost(2, 3, 0, 2)));
        }
    }

    @Test
    void aComparatorThatIsAlwaysTrueIsFoundBlind() {
        Experiment<Integer, Level, RuntimeException> experiment = experiment(
                Comparing.same((left, right) -> true), rest -> rest);
        for (int i = 0; i < 100 && isNotBlind(experiment); i++) {
            for (int key = 0; key < KEYS; key++) {
                change(key, true);
            }
            for (int round = 0; round < 10; round++) {
                readAll(experiment);
                change(round, true);
            }
        }

        assertThat(isNotBlind(experiment)).isFalse();
        assertThat(experiment.summary().count("results_do_not_match")).isZero();
        assertThat(experiment.summary().count("candidate_failed")).isZero();
    }

    private static boolean isNotBlind(Experiment<?, ?, ?> experiment) {
        return !(assessment(experiment).verdict() instanceof Verdict.Blocked blocked
                && blocked.why() == Verdict.Why.BLIND);
    }

    @Test
    void aRuleThatIgnoresEverythingIsFoundBlindToo() {
        Experiment<Integer, Level, RuntimeException> experiment = experiment(Comparing.by(Level::name, Level::name),
                rest -> rest.ignore("all", (key, left, right) -> true));
        for (int i = 0; i < 2_000 && isNotBlind(experiment); i++) {
            change(i % KEYS, true);
            readAll(experiment);
        }

        assertThat(isNotBlind(experiment)).isFalse();
    }

    @Test
    void seedsAreKeptOutOfAllOtherNumbers() {
        Experiment<Integer, Level, RuntimeException> experiment = experiment();
        int calls = 200_000;
        for (int i = 0; i < calls; i++) {
            if (i % 1_000 == 0) {
                change(i / 1_000 % KEYS, true);
            }
            assertThat(experiment.call(i % KEYS)).isSameAs(control.getOrDefault(i % KEYS, Level.FIRST));
        }

        Summary summary = experiment.summary();
        assertThat(assessment(experiment).totals().seeds()).isPositive();
        assertThat(summary.count("results_match")).isEqualTo(calls);
        assertThat(summary.runs()).isEqualTo(calls);
        assertThat(assessment(experiment).totals().changes().badForPromotion()).isZero();
        assertThat(assessment(experiment).costs()).isEmpty();
    }

    @Test
    void sowsAlsoWhereSomebodyWantsToSeeTheMatches() {
        Experiment<Integer, Level, RuntimeException> experiment = experiment(Comparing.by(Level::name, Level::name),
                rest -> rest.afterRun(result -> {}));
        for (int i = 0; i < 50_000; i++) {
            change(i % KEYS, true);
            experiment.call(i % KEYS);
        }

        assertThat(assessment(experiment).totals().seeds()).isPositive();
        assertThat(assessment(experiment).totals().seedsMissed()).isZero();
    }

    @Test
    void chartsReadsByTheTimeSinceTheChange() {
        Experiment<Integer, Level, RuntimeException> experiment = experiment();
        experiment.call(1);
        change(1, false);
        experiment.call(1);
        candidate.put(1, Objects.requireNonNull(control.get(1)));
        time.advance(Duration.ofSeconds(2));
        experiment.call(1);

        assertThat(assessment(experiment).ages()).containsEntry(Duration.ofMillis(1), new Assessment.Age(1, 1))
                .containsEntry(Duration.ofSeconds(3), new Assessment.Age(1, 0));
    }

    @Test
    void withoutVersionsNothingIsKnownOfChanges() {
        Experiment<Integer, Level, RuntimeException> experiment = lab.experiment("unversioned")
                .control((Fn<Integer, Level, RuntimeException>) key -> Level.FIRST)
                .candidate("copy", (Integer key) -> Level.FIRST, Comparing.by(Level::name, Level::name))
                .shadow(new Shadow.Inline()).build();
        readAll(experiment);

        assertThat(assessment(experiment).verdict().key()).isEqualTo("blocked");
    }
}
