package io.datadrivenchanges.experiment.verdict;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

import io.datadrivenchanges.experiment.verdict.RateGuard.Standing;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

class RateGuardTest {

    private static final double LIMIT = 0.001;
    private static final int ROOM = 1_000;
    private static final List<Standing> STANDINGS = List.of(Standing.values());

    private final RateGuard guard = new RateGuard(LIMIT, ROOM);

    private static final class Exposure implements RateGuard.Watched {

        private Standing standing;

        private Exposure(Standing standing) {
            this.standing = standing;
        }

        @Override
        public Standing standing() {
            return standing;
        }
    }

    @Test
    void neverAlarmsWithoutABadExposure() {
        for (int i = 0; i < 1_000; i++) {
            guard.good(1_000_000);
            guard.add(() -> Standing.OPEN);
            guard.add(() -> Standing.LEFT_OUT);
        }

        assertThat(guard.level()).isZero();
        assertThat(guard.alarmed()).isFalse();
    }

    @Test
    void alarmsSoonHoweverGoodThePastWas() {
        guard.good(1_000_000_000);
        guard.add(() -> Standing.BAD);
        guard.add(() -> Standing.BAD);
        assertThat(guard.alarmed()).as("two in a row: %s", guard.level()).isFalse();

        guard.add(() -> Standing.BAD);

        assertThat(guard.alarmed()).as("three in a row: %s", guard.level()).isTrue();
    }

    @Test
    void keepsItsAlarm() {
        for (int i = 0; i < 3; i++) {
            guard.add(() -> Standing.BAD);
        }
        guard.good(1_000_000_000);

        assertThat(guard.alarmed()).isTrue();
    }

    @Test
    void isTheFormulaExposureByExposure() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            RateGuard one = new RateGuard(LIMIT, ROOM);
            List<Boolean> history = new ArrayList<>();
            for (int block = 0; block < 20; block++) {
                int good = random.nextInt(300);
                one.good(good);
                for (int i = 0; i < good; i++) {
                    history.add(false);
                }
                one.add(() -> Standing.BAD);
                history.add(true);
            }

            assertThat(one.level()).as("seed %d", seed).isCloseTo(level(history), within(1e-9 * level(history)));
        }
    }

    @Test
    void anExposureSettledLateCountsAtItsOwnPlace() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 200; round++) {
            RateGuard one = new RateGuard(LIMIT, ROOM);
            List<Exposure> history = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                Exposure next = new Exposure(random.nextInt(10) == 0 ? Standing.OPEN : Standing.GOOD);
                one.add(next);
                history.add(next);
            }
            for (Exposure each : history) {
                if (each.standing == Standing.OPEN) {
                    each.standing = STANDINGS.get(random.nextInt(STANDINGS.size()));
                    one.level();
                }
            }
            double exact = level(history.stream().filter(each -> each.standing != Standing.LEFT_OUT)
                    .map(each -> each.standing == Standing.BAD).toList());

            assertThat(one.level()).as("seed %d", seed).isCloseTo(exact, within(1e-9 * exact));
        }
    }

    @Test
    void anOpenExposureCountsAsGood() {
        RateGuard settled = new RateGuard(LIMIT, ROOM);
        for (int i = 0; i < 50; i++) {
            guard.add(() -> Standing.OPEN);
            settled.add(() -> Standing.GOOD);
            guard.add(() -> Standing.BAD);
            settled.add(() -> Standing.BAD);
        }

        assertThat(guard.level()).isCloseTo(settled.level(), within(1e-9 * settled.level()));
    }

    @Test
    void takesTheOldestOpenOneAsGoodWhenThereIsNoMoreRoom() {
        RateGuard small = new RateGuard(LIMIT, 2);
        Exposure[] open = new Exposure[5];
        for (int i = 0; i < open.length; i++) {
            open[i] = new Exposure(Standing.OPEN);
            small.add(open[i]);
        }
        for (Exposure each : open) {
            each.standing = Standing.BAD;
        }

        assertThat(small.level()).isCloseTo(level(List.of(false, false, false, true, true)), within(1e-6));
    }

    @Test
    void whatIsTakenAsGoodForLackOfRoomCalmsItLikeAnyOther() {
        RateGuard small = new RateGuard(LIMIT, 1);
        small.add(() -> Standing.BAD);
        small.add(() -> Standing.OPEN);
        small.good(100);
        small.add(() -> Standing.OPEN);
        small.add(() -> Standing.BAD);
        List<Boolean> history = new ArrayList<>(Collections.nCopies(104, false));
        history.set(0, true);
        history.set(103, true);

        assertThat(small.level()).isCloseTo(level(history), within(1e-9 * level(history)));
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RateGuard(0, ROOM));
        assertThatIllegalArgumentException().isThrownBy(() -> new RateGuard(0.5, ROOM));
        assertThatIllegalArgumentException().isThrownBy(() -> new RateGuard(LIMIT, 0));
    }

    /// Word by word what the formula says.
    private static double level(List<Boolean> bad) {
        double[] alternatives = {2 * LIMIT, 5 * LIMIT, 20 * LIMIT, 100 * LIMIT};
        double[] c = new double[4];
        double peak = 0;
        for (boolean one : bad) {
            double sum = 0;
            for (int j = 0; j < 4; j++) {
                double q = alternatives[j];
                c[j] = Math.max(c[j], 1) * (one ? q / LIMIT : (1 - q) / (1 - LIMIT));
                sum += c[j] / 4;
            }
            peak = one ? Math.max(peak, sum) : peak;
        }
        return peak;
    }
}
