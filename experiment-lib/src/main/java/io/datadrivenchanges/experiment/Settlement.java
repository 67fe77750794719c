package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Locale;

/// What a mismatch turned out to be: exactly one per mismatch, some time after the run. Immutable.
///
/// *How late* is the time from the moment at which the control saw its value to the moment at which the candidate had it. Neither
/// moment is known, only the reads around them; so it is given as an interval that contains it, bounds measured, never estimated.
public sealed interface Settlement {

    /// The name in log lines, counts and meters, such as `candidate_ahead`.
    String key();

    /// The candidate became equal to the control's value: it was late, not wrong.
    ///
    /// @param moreThan it was late by more than this; negative if the candidate was last seen unequal before the control was read
    /// @param atMost it was late by at most this
    record Converged(Duration moreThan, Duration atMost) implements Settlement {
        @Override
        public String key() {
            return "converged";
        }
    }

    /// The candidate passed the control's value without being seen with it, and agrees with what the control says by now.
    ///
    /// @param atMost from the control's read that differed to the candidate's read that agreed
    record Superseded(Duration atMost) implements Settlement {
        @Override
        public String key() {
            return "superseded";
        }
    }

    /// The candidate had a newer version at first sight, and the control has it by now: the control was late. Without a re-check the
    /// versions alone say so.
    record CandidateAhead() implements Settlement {
        @Override
        public String key() {
            return "candidate_ahead";
        }
    }

    /// The candidate had an older version until the end: it is late, or lost the change.
    ///
    /// @param moreThan it is late by more than this
    record Stale(Duration moreThan) implements Settlement {
        @Override
        public String key() {
            return "stale";
        }
    }

    /// The candidate was unequal until the end though its version was not older, or no version is known: it is wrong. That holds for
    /// a newer version as well, as the control never came to have it.
    record Diverged() implements Settlement {
        @Override
        public String key() {
            return "diverged";
        }
    }

    /// It could not be told.
    ///
    /// @param why what was lacking
    /// @param moreThan if it was late, then by more than this
    record Unsettled(Lack why, Duration moreThan) implements Settlement {
        @Override
        public String key() {
            return "unsettled";
        }
    }

    /// Why a mismatch could not be settled.
    ///
    /// - `ROOM`: too many re-checks were open, or no worker was free
    /// - `TOKEN`: the control may be read again only so often
    /// - `ANSWER`: the last read threw, took too long, or said that it does not know
    /// - `REST`: the control's value changed again and again
    /// - `TIME`: the laboratory was closed
    enum Lack {
        ROOM, TOKEN, ANSWER, REST, TIME;

        /// The name in log lines and evidence, such as `room`.
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
