package io.datadrivenchanges.cache;

import java.util.Optional;
import java.util.Random;

import io.datadrivenchanges.cache.PipelineModel.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/// The model notices when a defence is missing: each one is taken away, and what [LocalCopyModelTest] asserts is violated.
class SabotageTest {
    private static final int SEEDS = 60;
    private static final int STEPS = 500;

    /// What [LocalCopyModelTest] asserts, for several seeds.
    static void modelHolds(boolean damage, boolean unfencedZombie) {
        for (long seed : new Random(20261126).longs(SEEDS).toArray()) {
            new PipelineModel(seed, 3, new Faults(damage, !unfencedZombie, unfencedZombie)).run(STEPS);
        }
    }

    @Test
    void modelHoldsWithAllDefences() {
        modelHolds(false, false);
        modelHolds(true, false);
    }

    @ParameterizedTest(name = "{0}.{1} = {2}")
    @CsvSource({
            "VersionedEntries, isNewer, true, 'is no state within its bound'",
            "LocalCopy, isCaughtUp, true, 'before the end'",
            "LocalCopy, isStale, false, 'without a heartbeat'"})
    void modelIsViolatedWithout(String type, String method, boolean answer, String finding)
            throws ReflectiveOperationException {
        Optional<AssertionError> without = Sabotage.of(named(type), method, answer).findingOf(SabotageTest.class,
                "modelHolds", true, false);

        assertThat(without).hasValueSatisfying(violation -> assertThat(violation).hasMessageContaining(finding));
    }

    @ParameterizedTest(name = "{0}.{1} = {2}")
    @CsvSource({
            "VersionedEntries, isNewer, true, ignoresOlderVersion",
            "Generation, isComplete, true, isNotReadyWithoutTheMarkerThatTheSnapshotIsComplete",
            "LocalCopy, isCaughtUp, true, isNotReadyBeforeTheEndThatTheTopicHadAtTheStart",
            "LocalCopy, isStale, false, isNotReadyWithoutAFreshHeartbeat"})
    void testFailsWithout(String type, String method, boolean answer, String test)
            throws ReflectiveOperationException {
        assertThat(Sabotage.of(named(type), method, answer).findingOf(LocalCopyTest.class, test)).isPresent();
    }

    private static Class<?> named(String type) throws ClassNotFoundException {
        return Class.forName(SabotageTest.class.getPackageName() + "." + type);
    }

    @Test
    void modelIsViolatedWithoutTheFenceOfTheBroker() {
        assertThat(catchFinding(() -> modelHolds(false, true))).hasValueSatisfying(
                violation -> assertThat(violation).hasMessageContaining("at rest"));
    }

    private static Optional<AssertionError> catchFinding(Runnable test) {
        try {
            test.run();
            return Optional.empty();
        } catch (AssertionError e) {
            return Optional.of(e);
        }
    }
}
