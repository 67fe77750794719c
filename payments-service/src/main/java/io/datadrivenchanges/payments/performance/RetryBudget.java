package io.datadrivenchanges.payments.performance;

import java.util.concurrent.atomic.AtomicInteger;

/// Keeps retries under a tenth of the calls: ten calls earn one retry, and at most ten retries are saved up, so that a
/// long good time does not pay for a storm. Thread-safe.
final class RetryBudget {
    private static final int PRICE = 10;
    private static final int MAX_SAVED = 10 * PRICE;

    private final AtomicInteger saved = new AtomicInteger(PRICE);

    void earn() {
        saved.updateAndGet(coins -> Math.min(coins + 1, MAX_SAVED));
    }

    /// Takes a retry, if one is left.
    boolean spend() {
        return saved.getAndUpdate(coins -> coins < PRICE ? coins : coins - PRICE) >= PRICE;
    }
}
