package io.datadrivenchanges.experiment;

import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/// What the mismatches would have cost in total, by currency, exact to the minor unit. Thread-safe, without locks.
///
/// A cost that would take a total beyond a `long`, and those of a seventeenth currency on, are not added but counted as refused: the
/// totals stay exact for what is in them.
final class Money {

    /// Currencies told apart.
    static final int MAX_CURRENCIES = 16;

    private final Map<String, AtomicReference<Cost>> costs = new ConcurrentHashMap<>();
    private final AtomicInteger currencies = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private final BiConsumer<String, Supplier<Cost>> onFirst;

    /// @param onFirst gets each currency once, and its total at any time; on the thread that adds
    Money(BiConsumer<String, Supplier<Cost>> onFirst) {
        this.onFirst = onFirst;
    }

    /// Adds what one mismatch would have cost. One of 0 counts too: the answer was wrong, though for free.
    ///
    /// @param minorUnits positive if too much would have been paid, negative if too little
    /// @return `false` if it was refused
    boolean add(String currency, long minorUnits) {
        AtomicReference<Cost> total = total(currency);
        if (total == null) {
            refused.increment();
            return false;
        }
        try {
            Cost before = get(total);
            while (!total.compareAndSet(before, before.plus(minorUnits))) {
                before = get(total);
            }
            return true;
        } catch (ArithmeticException tooMuch) {
            refused.increment();
            return false;
        }
    }

    /// The totals by currency, a copy.
    SortedMap<String, Cost> snapshot() {
        SortedMap<String, Cost> copy = new TreeMap<>();
        costs.forEach((currency, total) -> copy.put(currency, get(total)));
        return copy;
    }

    /// Costs that were not added.
    long refused() {
        return refused.sum();
    }

    private @Nullable AtomicReference<Cost> total(String currency) {
        AtomicReference<Cost> total = costs.get(currency);
        if (total != null || currencies.get() >= MAX_CURRENCIES) {
            return total;
        }
        AtomicReference<Cost> none = new AtomicReference<>(Cost.NONE);
        total = costs.computeIfAbsent(currency,
                absent -> currencies.getAndIncrement() < MAX_CURRENCIES ? none : null);
        if (none.equals(total)) {
            onFirst.accept(currency, () -> get(none));
        }
        return total;
    }

    private static Cost get(AtomicReference<Cost> total) {
        return Objects.requireNonNull(total.get());
    }
}
