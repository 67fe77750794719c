package io.datadrivenchanges.e2e;

import java.util.ArrayList;
import java.util.List;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

/// How long the phases of a start took, one after the other.
final class Durations {
    private final List<String> phases = new ArrayList<>();
    private final long start = System.nanoTime();
    private long last = start;

    /// Ends the phase that began with the one before.
    void phase(String name) {
        long now = System.nanoTime();
        phases.add(name + " " + seconds(now - last));
        last = now;
    }

    @Override
    public String toString() {
        return String.join(", ", phases) + "; all " + seconds(last - start);
    }

    private static String seconds(long nanos) {
        return "%.1f s".formatted(NANOSECONDS.toMillis(nanos) / 1000.0);
    }
}
