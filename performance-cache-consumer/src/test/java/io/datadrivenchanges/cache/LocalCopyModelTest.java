package io.datadrivenchanges.cache;

import java.util.List;
import java.util.Random;

import io.datadrivenchanges.cache.PipelineModel.Faults;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The cache inside the modelled pipeline, by seed. To see one again, put its number into [#seeds].
class LocalCopyModelTest {
    private static final int SEEDS = 150;
    private static final int STEPS = 500;

    static List<Long> seeds() {
        return new Random(20261124).longs(SEEDS).boxed().toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void saysOnlyWhatTheTableSaidWithOnePartition(long seed) {
        new PipelineModel(seed, 1, new Faults(false, true, false)).run(STEPS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void saysOnlyWhatTheTableSaidWithThreePartitions(long seed) {
        new PipelineModel(seed, 3, new Faults(false, true, false)).run(STEPS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void saysOnlyWhatTheTableSaidAmongDamagedRecords(long seed) {
        new PipelineModel(seed, 3, new Faults(true, true, false)).run(STEPS);
    }
}
