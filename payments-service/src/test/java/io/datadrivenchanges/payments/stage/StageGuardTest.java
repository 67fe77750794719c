package io.datadrivenchanges.payments.stage;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import io.datadrivenchanges.cache.CacheState;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageChange;
import io.datadrivenchanges.experiment.StageRefusedException;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.payments.FakeCache;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StageGuardTest {
    private final StageSwitch stages = StageSwitch.inMemory(Stage.SHADOW, InstantSource.system());
    private final Laboratory laboratory = Laboratory.builder().stages(stages).build();
    private final FakeCache cache = new FakeCache();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private final StageGuard guard = guard(stages);

    private StageGuard guard(StageSwitch kept) {
        return new StageGuard(laboratory, kept, cache, new StageGuardProperties(Duration.ofSeconds(10)), meters,
                nanos::get);
    }

    @BeforeEach
    void build() {
        laboratory.experiment("e").control((Integer input) -> input).candidate("c", input -> input).build();
    }

    @AfterEach
    void close() {
        guard.close();
        laboratory.close();
    }

    private void at(Stage stage) throws StageRefusedException {
        stages.change(new StageChange("e", stage, stage == Stage.CANARY ? 5 : 0, "test", "test", "test"));
    }

    private void looksFor(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            guard.look();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CANARY", "LIVE"})
    void takesTheStageBackWhenTheCopyIsOutForTooLong(Stage stage) throws StageRefusedException {
        at(stage);
        cache.state(CacheState.DEGRADED);

        looksFor(Duration.ofSeconds(10));
        assertThat(stages.stage("e")).isEqualTo(stage);
        looksFor(Duration.ofSeconds(1));

        assertThat(stages.stage("e")).isEqualTo(Stage.SHADOW);
        assertThat(stages.staged("e").orElseThrow()).satisfies(staged -> {
            assertThat(staged.who()).isEqualTo("stage-guard");
            assertThat(staged.why()).isEqualTo("the local copy has been unable to answer for 10 s: DEGRADED");
        });
        assertThat(meters.get("payments.stages.demotions").counter().count()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"CANARY", "LIVE"}, mode = Mode.EXCLUDE)
    void leavesTheOtherStagesAlone(Stage stage) throws StageRefusedException {
        at(stage);
        cache.state(CacheState.STOPPED);

        looksFor(Duration.ofMinutes(1));

        assertThat(stages.stage("e")).isEqualTo(stage);
    }

    @Test
    void countsAnOutageFromItsLastBeginning() throws StageRefusedException {
        at(Stage.LIVE);
        for (int round = 0; round < 5; round++) {
            cache.state(CacheState.DEGRADED);
            looksFor(Duration.ofSeconds(9));
            cache.state(CacheState.READY);
            looksFor(Duration.ofSeconds(1));
        }

        assertThat(stages.stage("e")).isEqualTo(Stage.LIVE);
    }

    @Test
    void doesNotGoForwardAgainByItself() throws StageRefusedException {
        at(Stage.LIVE);
        cache.state(CacheState.DEGRADED);
        looksFor(Duration.ofSeconds(11));
        cache.state(CacheState.READY);

        looksFor(Duration.ofMinutes(5));

        assertThat(stages.stage("e")).isEqualTo(Stage.SHADOW);
    }

    @Test
    void triesAgainWhileTheStageCannotBeStored() throws StageRefusedException {
        at(Stage.LIVE);
        cache.state(CacheState.DEGRADED);
        var away = new StageSwitch() {
            boolean back;

            @Override
            public Optional<Staged> staged(String experiment) {
                return stages.staged(experiment);
            }

            @Override
            public Staged change(StageChange change) throws StageRefusedException {
                if (!back) {
                    throw new IllegalStateException("no database");
                }
                return stages.change(change);
            }
        };
        try (var unlucky = guard(away)) {
            unlucky.look();
            nanos.addAndGet(Duration.ofSeconds(10).toNanos());
            assertThatThrownBy(unlucky::look).hasMessage("no database");
            away.back = true;

            unlucky.look();

            assertThat(stages.stage("e")).isEqualTo(Stage.SHADOW);
        }
    }
}
