package io.datadrivenchanges.experiment;

import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;

import io.datadrivenchanges.experiment.StageSwitch.Staged;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StageSwitchTest {

    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    private static StageChange to(Stage stage, @Nullable String override) {
        return new StageChange("e", stage, stage == Stage.CANARY ? 5 : 0, "olga", "seen enough", override);
    }

    private static StageSwitch at(Stage stage) throws StageRefusedException {
        StageSwitch stages = StageSwitch.inMemory(Stage.OFF, InstantSource.fixed(NOON));
        stages.change(to(stage, "test"));
        return stages;
    }

    @ParameterizedTest
    @EnumSource
    void goesOneStepForwardAnyBackAndFurtherWithAnOverride(Stage from) throws StageRefusedException {
        for (Stage to : Stage.values()) {
            StageSwitch stages = at(from);
            boolean skips = to.compareTo(from) > 0 && EnumSet.range(from, to).size() > 2;

            if (skips) {
                assertThatThrownBy(() -> stages.change(to(to, null))).isInstanceOf(StageRefusedException.class)
                        .hasMessageContainingAll(from.name(), to.name());
                assertThat(stages.stage("e")).isEqualTo(from);
            } else {
                assertThat(stages.change(to(to, null)).stage()).isEqualTo(to);
            }
            assertThat(stages.change(to(to, "OPS-17")).stage()).isEqualTo(to);
        }
    }

    @Test
    void keepsHowTheStageCameAbout() throws StageRefusedException {
        StageSwitch stages = at(Stage.SHADOW);

        Staged staged = stages.change(to(Stage.CANARY, null));

        assertThat(staged).isEqualTo(
                new Staged(Stage.CANARY, 5, 3, Stage.SHADOW, "olga", "seen enough", null, NOON));
        assertThat(stages.staged("e")).hasValue(staged);
        assertThat(stages.stage("e")).isEqualTo(Stage.CANARY);
        assertThat(stages.canaryPercent("e")).isEqualTo(5);
        assertThat(stages.stage("another")).isEqualTo(Stage.OFF);
    }

    @Test
    void countsOnlyChanges() throws StageRefusedException {
        StageSwitch stages = at(Stage.CANARY);
        Staged before = stages.staged("e").orElseThrow();

        assertThat(stages.change(to(Stage.CANARY, null))).isSameAs(before);
        assertThat(stages.change(new StageChange("e", Stage.CANARY, 6, "olga", "more", null)).revision())
                .isEqualTo(before.revision() + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two\nlines", "nul\0", "turned \u202e", "half \ud800"})
    void refusesTextsThatBreakLines(String text) {
        assertThatThrownBy(() -> new StageChange("e", Stage.OFF, 0, text, "why", null)).hasMessageStartingWith("who");
        assertThatThrownBy(() -> new StageChange("e", Stage.OFF, 0, "who", text, null)).hasMessageStartingWith("why");
        assertThatThrownBy(() -> new StageChange("e", Stage.OFF, 0, "who", "why", text))
                .hasMessageStartingWith("override");
    }

    @Test
    void refusesSharesThatAreNone() {
        for (int percent : new int[]{-1, 0, 101}) {
            assertThatThrownBy(() -> new StageChange("e", Stage.CANARY, percent, "who", "why", null))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new StageChange("e", Stage.LIVE, 5, "who", "why", null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> StageSwitch.inMemory(Stage.CANARY, InstantSource.system()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
