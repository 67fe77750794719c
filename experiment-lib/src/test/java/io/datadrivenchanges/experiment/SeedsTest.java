package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

import io.datadrivenchanges.experiment.Seeds.Fault;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SeedsTest {

    private static final Finding NOTICED = new Finding.Mismatch(
            new Comparison.Differs(List.of(new Difference("", "a", "b"))));
    private static final Finding MISSED = new Finding.Match(false);

    private final SplittableRandom random = new SplittableRandom(1);
    private final Seeds<String> seeds = new Seeds<>(random::nextLong);

    @Test
    void areDueOnceInAThousand() {
        int due = 0;
        for (int i = 0; i < 1_000_000; i++) {
            due += seeds.isDue() ? 1 : 0;
        }

        assertThat(due).isBetween(870, 1_130);
    }

    @Test
    void takeTurnsThroughAllFaults() {
        for (Fault fault : Fault.values()) {
            assertThat(seeds.next()).isEqualTo(fault);
            assertThat(seeds.next()).isEqualTo(fault);
            seeds.judged(fault, NOTICED);
        }

        assertThat(seeds.next()).isEqualTo(Fault.VALUE);
        assertThat(seeds.total()).isEqualTo(new Seeds.Count(4, 0));
    }

    @Test
    void aWrongAnswerIsOneThatWasKeptAndDiffers() {
        assertThat(seeds.wrong(answer -> true)).isNull();
        for (int i = 0; i < 200; i++) {
            seeds.keep("right");
        }
        assertThat(seeds.wrong(answer -> !answer.equals("right"))).isNull();

        seeds.keep("other");

        assertThat(seeds.wrong(answer -> !answer.equals("right"))).isEqualTo(new Outcome.Returned<>("other"));
    }

    @Test
    void areMissedUnlessFoundWrong() {
        seeds.judged(Fault.VALUE, MISSED);
        seeds.judged(Fault.VALUE, NOTICED);
        seeds.judged(Fault.OLD_VERSION, new Finding.Incomparable("?"));
        seeds.judged(Fault.EXCEPTION,
                new Finding.CandidateFailed(new Outcome.Threw<>(new Seeds.SownException()), false));
        seeds.judged(Fault.DELAY, new Finding.CandidateFailed(new Outcome.TimedOut<>(Duration.ofSeconds(1)), false));

        assertThat(seeds.snapshot()).containsEntry(Fault.VALUE, new Seeds.Count(2, 1))
                .containsEntry(Fault.OLD_VERSION, new Seeds.Count(1, 1))
                .containsEntry(Fault.EXCEPTION, new Seeds.Count(1, 0))
                .containsEntry(Fault.DELAY, new Seeds.Count(1, 0));
        assertThat(seeds.total()).isEqualTo(new Seeds.Count(5, 2));
    }
}
