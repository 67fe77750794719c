package io.datadrivenchanges.benchmarks.payments;

import java.util.Locale;

/// The stages that are compared: Incentives is asked over REST without an experiment; the same, and each answer is compared
/// with the cache; the cache answers.
enum Variant {
    OFF("REST"), SHADOW("REST"), LIVE("CACHE");

    private final String source;

    Variant(String source) {
        this.source = source;
    }

    /// Whether a payment was made the way this stage makes them, rather than by a fallback or at the stage before.
    boolean made(String payment) {
        return payment.contains("\"source\":\"" + source + "\"") && payment.contains("\"stage\":\"" + name() + "\"");
    }

    /// The name in the result.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
