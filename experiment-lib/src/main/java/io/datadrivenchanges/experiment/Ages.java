package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// How often reads were wrong, by the time since the change of their key was first seen. Thread-safe, without locks.
///
/// The buckets are fixed, about three to a decade, from a millisecond to an hour, and the rest.
final class Ages {

    private static final long[] BOUNDS = {TimeUnit.MILLISECONDS.toNanos(1), TimeUnit.MILLISECONDS.toNanos(3),
            TimeUnit.MILLISECONDS.toNanos(10), TimeUnit.MILLISECONDS.toNanos(30), TimeUnit.MILLISECONDS.toNanos(100),
            TimeUnit.MILLISECONDS.toNanos(300), TimeUnit.SECONDS.toNanos(1), TimeUnit.SECONDS.toNanos(3),
            TimeUnit.SECONDS.toNanos(10), TimeUnit.SECONDS.toNanos(30), TimeUnit.MINUTES.toNanos(2),
            TimeUnit.MINUTES.toNanos(10), TimeUnit.HOURS.toNanos(1), Long.MAX_VALUE};

    private final LongAdder[] reads = new LongAdder[BOUNDS.length];
    private final LongAdder[] wrong = new LongAdder[BOUNDS.length];

    Ages() {
        for (int i = 0; i < BOUNDS.length; i++) {
            reads[i] = new LongAdder();
            wrong[i] = new LongAdder();
        }
    }

    void read(long sinceChangeNanos, boolean isWrong) {
        int bucket = BOUNDS.length - 1;
        while (bucket > 0 && sinceChangeNanos < BOUNDS[bucket - 1]) { // most reads are long after the change
            bucket--;
        }
        reads[bucket].increment();
        if (isWrong) {
            wrong[bucket].increment();
        }
    }

    /// By the upper end of the bucket, exclusive, in order; the last one has none: [Long#MAX_VALUE] nanoseconds.
    SequencedMap<Duration, Assessment.Age> snapshot() {
        SequencedMap<Duration, Assessment.Age> ages = new LinkedHashMap<>();
        for (int i = 0; i < BOUNDS.length; i++) {
            long wrongOnes = wrong[i].sum();
            ages.put(Duration.ofNanos(BOUNDS[i]), new Assessment.Age(Math.max(wrongOnes, reads[i].sum()), wrongOnes));
        }
        return ages;
    }
}
