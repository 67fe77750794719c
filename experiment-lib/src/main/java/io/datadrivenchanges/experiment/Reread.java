package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/// One read of a re-check: what was read again, when, and what came of it. Immutable; holds no value.
///
/// @param side which behaviour was read
/// @param after from the first sight of the mismatch to the end of the read
/// @param version of the value read; negative = unknown
/// @param answer how it compares with the other side
public record Reread(Side side, Duration after, long version, Answer answer) {

    /// A side of the comparison.
    public enum Side {
        CONTROL, CANDIDATE;

        /// The name in evidence.
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// How a value read again compares with the other side's: `NONE` if it could not be read, compared or judged.
    public enum Answer {
        EQUAL, UNEQUAL, NONE;

        /// The name in evidence.
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Answer of(@Nullable Comparison comparison) {
            return switch (comparison) {
                case Comparison.Equal equal -> EQUAL;
                case Comparison.Differs differs -> UNEQUAL;
                case Comparison.Incomparable incomparable -> NONE;
                case null -> NONE;
            };
        }
    }
}
