package io.datadrivenchanges.cache;

import java.time.Duration;
import java.util.List;

/// What became of the reads that were sampled: each is judged once it is certain what the database held when it was
/// answered. Immutable.
///
/// A read was *fresh* if no newer version of the courier had been committed when it was answered, else it was stale by
/// exactly the time since that commit. A read is left *unjudged* where that cannot be told, for instance because the next
/// version came with a snapshot, which knows no commit times.
///
/// @param fresh reads of the newest version
/// @param stale reads of a version that had been replaced
/// @param unjudged reads of which it will never be known
/// @param stalest by how much the worst one was stale, zero if none was
/// @param scales how many were staler than given times, shortest first; empty where nothing is sampled
public record Consistency(long fresh, long stale, long unjudged, Duration stalest, List<Scale> scales) {
    /// Of a cache that samples nothing.
    static final Consistency NOT_SAMPLED = new Consistency(0, 0, 0, Duration.ZERO, List.of());

    public Consistency {
        scales = List.copyOf(scales);
    }

    /// Reads that were judged.
    public long judged() {
        return fresh + stale;
    }

    /// The share of reads that were consistent within a time. Immutable.
    ///
    /// @param within the time
    /// @param staler judged reads that were stale by more than it
    /// @param judged all judged reads
    public record Scale(Duration within, long staler, long judged) {
        /// None among n supports no more than 3 in n, with 95 % confidence.
        private static final long AT_LEAST = 3;

        /// How many nines the share of consistent reads has: 3 for 99.9 %. Never more than the number of judged reads can
        /// show, NaN before there are any.
        public double nines() {
            if (judged == 0) {
                return Double.NaN;
            }
            double share = (double) Math.max(staler, AT_LEAST) / judged;
            return Math.max(0, -Math.log10(share));
        }
    }
}
