package io.datadrivenchanges.traffic;

import java.util.Iterator;
import java.util.OptionalLong;

/// Which deliveries are to be paid, and when.
///
/// @param deliveries in the order in which they are to be paid
/// @param total how many they are; empty if they never end
/// @param origin what they are, one sentence for the summary
record Plan(Iterator<Planned> deliveries, OptionalLong total, String origin) {

    /// One delivery and its time.
    ///
    /// @param offsetNanos when it is to be paid, from the start of the run, at most 73 years; never falls from one to the next
    record Planned(Delivery delivery, long offsetNanos) {
        /// So far away that it never comes, and still so near that a clock's time can be added.
        static final long NEVER = Long.MAX_VALUE / 4;

        Planned {
            offsetNanos = Math.min(offsetNanos, NEVER);
        }
    }
}
