package io.datadrivenchanges.cache;

import java.util.Arrays;

/// One generation: its couriers, how complete they are and how fresh. Written by one thread, read by all.
final class Generation {
    private static final long NO_MARKER = -1;

    private final long number;
    private final long[] couriers;
    private final VersionedEntries entries = new VersionedEntries();
    private final Watermark watermark;
    private volatile boolean untrusted;

    Generation(long number, int partitions) {
        this.number = number;
        couriers = new long[partitions];
        Arrays.fill(couriers, NO_MARKER);
        watermark = new Watermark(partitions);
    }

    long number() {
        return number;
    }

    VersionedEntries entries() {
        return entries;
    }

    Watermark watermark() {
        return watermark;
    }

    boolean isUntrusted() {
        return untrusted;
    }

    void distrust() {
        untrusted = true;
    }

    /// A partition's snapshot has been read to its end.
    void completed(int partition, long keys) {
        couriers[partition] = keys;
    }

    /// Whether every partition's snapshot has been read and nothing of it is missing.
    ///
    /// Compaction may have moved a key of the snapshot behind the marker, so the number can be reached later than it.
    boolean isComplete() {
        long expected = 0;
        for (long keys : couriers) {
            if (keys == NO_MARKER) {
                return false;
            }
            expected += keys;
        }
        return entries.size() >= expected;
    }
}
