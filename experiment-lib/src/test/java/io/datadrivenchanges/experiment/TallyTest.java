package io.datadrivenchanges.experiment;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TallyTest {

    private static final int LOOKS = 20_000;

    @Test
    void tellsAThreadOfItsOwnHowManyItHasStarted() {
        Tally tally = new Tally();

        assertThat(List.of(tally.start(), tally.start(), tally.start())).containsExactly(0L, 1L, 2L);
    }

    @Test
    void neverShowsMoreEndsThanStarts() {
        Tally tally = new Tally();
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService runners = Executors.newFixedThreadPool(2)) {
            for (int i = 0; i < 2; i++) {
                runners.execute(() -> {
                    while (!over.get()) {
                        tally.start();
                        tally.end(Tally.End.MATCHED);
                    }
                });
            }
            try {
                for (int i = 0; i < LOOKS; i++) {
                    assertThat(tally.snapshot().get("in_flight")).isNotNegative();
                    assertThat(tally.inFlight()).isNotNegative();
                }
            } finally {
                over.set(true);
            }
        }

        assertThat(tally.inFlight()).isZero();
    }
}
