package io.datadrivenchanges.experiment;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/// Counts durations in nanoseconds, in bounded memory (15 KB). Thread-safe, without locks.
///
/// The buckets are those of HdrHistogram (Gil Tene, https://github.com/HdrHistogram/HdrHistogram), the *log-linear* scheme: each
/// power of two is divided into 32 buckets of equal width, so that a bucket is at most 1/32 of its values wide. Below 64 every value has
/// a bucket of its own. With `shift` = (position of the highest bit) - 5, the bucket of `v` is `shift * 32 + (v >>> shift)`;
/// the second term lies in 32 to 63. A percentile is given as the highest value of its bucket, or as the maximum if that is less.
final class Histogram {

    private static final int HALF_BITS = 5;
    private static final int HALF = 1 << HALF_BITS;
    private static final int BUCKETS = bucket(Long.MAX_VALUE) + 1;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);
    private final LongAdder total = new LongAdder();
    private final LongAccumulator max = new LongAccumulator(Math::max, 0);

    /// Adds a duration; a negative one counts as 0.
    void record(long nanos) {
        long value = Math.max(0, nanos);
        counts.getAndIncrement(bucket(value));
        total.add(value);
        max.accumulate(value);
    }

    /// Adds a duration of which only a lower bound is known: it counts as longer than any.
    void recordUnbounded() {
        counts.getAndIncrement(BUCKETS - 1);
        max.accumulate(Long.MAX_VALUE);
    }

    Summary.Durations snapshot() {
        long[] copy = new long[BUCKETS];
        long count = 0;
        for (int i = 0; i < BUCKETS; i++) {
            copy[i] = counts.get(i);
            count += copy[i];
        }
        long longest = max.get();
        return new Summary.Durations(count, total.sum(), percentile(copy, count, 50, longest),
                percentile(copy, count, 99, longest), longest);
    }

    private static long percentile(long[] counts, long count, int percent, long longest) {
        long rank = Math.ceilDiv(count * percent, 100L);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank && seen > 0) {
                return Math.min(highest(i), longest);
            }
        }
        return 0;
    }

    private static int bucket(long value) {
        int shift = Math.max(0, Long.SIZE - 1 - Long.numberOfLeadingZeros(value) - HALF_BITS);
        return shift * HALF + (int) (value >>> shift);
    }

    private static long highest(int bucket) {
        int shift = Math.max(0, bucket / HALF - 1);
        long lowest = (long) (bucket - shift * HALF) << shift;
        return lowest + (1L << shift) - 1;
    }
}
