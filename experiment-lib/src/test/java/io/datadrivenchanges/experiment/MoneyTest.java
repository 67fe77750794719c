package io.datadrivenchanges.experiment;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MoneyTest {

    private final List<String> met = new CopyOnWriteArrayList<>();
    private final Map<String, Supplier<Cost>> totals = new ConcurrentHashMap<>();
    private final Money money = new Money((currency, total) -> {
        met.add(currency);
        totals.put(currency, total);
    });

    @Test
    void injectedErrorsComeBackToTheCent() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        BigInteger over = BigInteger.ZERO;
        BigInteger under = BigInteger.ZERO;
        long worst = 0;
        int mismatches = 100_000;
        for (int i = 0; i < mismatches; i++) {
            long cents = random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
            over = over.add(BigInteger.valueOf(Math.max(0, cents)));
            under = under.add(BigInteger.valueOf(Math.max(0, -cents)));
            worst = Math.abs(cents) > Math.abs(worst) ? cents : worst;
            money.add("EUR", cents);
        }

        Cost exact = new Cost(mismatches, over.longValueExact(), under.longValueExact(), worst);
        assertThat(money.snapshot()).as("seed %d", seed).containsEntry("EUR", exact);
        assertThat(exact.sum()).isEqualTo(over.subtract(under).longValueExact());
    }

    @Test
    void keepsCurrenciesApart() {
        money.add("EUR", 5);
        money.add("USD", -7);
        money.add("USD", 0);

        assertThat(money.snapshot()).containsEntry("EUR", new Cost(1, 5, 0, 5))
                .containsEntry("USD", new Cost(2, 0, 7, -7)).hasSize(2);
        assertThat(met).as("told once").containsExactly("EUR", "USD");
        assertThat(Objects.requireNonNull(totals.get("USD")).get()).as("by now").isEqualTo(new Cost(2, 0, 7, -7));
    }

    @Test
    void refusesAndCountsWhatWouldMakeATotalWrong() {
        assertThat(money.add("EUR", Long.MAX_VALUE)).isTrue();
        assertThat(money.add("EUR", 1)).isFalse();
        assertThat(money.add("EUR", Long.MIN_VALUE)).isFalse();
        assertThat(money.add("EUR", -Long.MAX_VALUE)).isTrue();

        assertThat(money.snapshot()).containsEntry("EUR",
                new Cost(2, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));
        assertThat(money.refused()).isEqualTo(2);
    }

    @Test
    void tellsSixteenCurrenciesApartAndRefusesMore() {
        for (int i = 0; i < 20; i++) {
            money.add("C" + i, 1);
        }

        assertThat(money.snapshot()).hasSize(Money.MAX_CURRENCIES);
        assertThat(met).hasSize(Money.MAX_CURRENCIES);
        assertThat(money.refused()).isEqualTo(20 - Money.MAX_CURRENCIES);
    }

    @Test
    void losesNothingBetweenThreads() throws Exception {
        int threads = 4;
        int each = 50_000;
        List<Future<?>> done = new ArrayList<>();
        try (ExecutorService runners = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                done.add(runners.submit(() -> {
                    for (int cents = 1; cents <= each; cents++) {
                        money.add("EUR", cents % 2 == 0 ? cents : -cents);
                    }
                }));
            }
            for (Future<?> one : done) {
                one.get(30, TimeUnit.SECONDS);
            }
        }

        long even = (long) each / 2 * (each / 2 + 1);
        long odd = (long) each / 2 * (each / 2);
        assertThat(money.snapshot()).containsEntry("EUR",
                new Cost((long) threads * each, threads * even, threads * odd, each));
        assertThat(met).containsExactly("EUR");
    }
}
