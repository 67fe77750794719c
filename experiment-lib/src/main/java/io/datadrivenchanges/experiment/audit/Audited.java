package io.datadrivenchanges.experiment.audit;

import java.time.Instant;
import java.util.Locale;

/// An audit that has ended. Immutable.
///
/// @param <K> type of the keys
public sealed interface Audited<K> {

    /// When it began.
    Instant begun();

    /// What it has shown.
    Outcome outcome();

    /// Both sides were read.
    record Compared<K>(Instant begun, AuditReport<K> report) implements Audited<K> {

        /// What was found while the copy was behind may be lag.
        @Override
        public Outcome outcome() {
            if (!report.caughtUp()) {
                return Outcome.UNCLEAR;
            }
            return report.found() > 0
                    ? Outcome.DIFFERENT
                    : report.isClean() ? Outcome.CLEAN : Outcome.UNCLEAR;
        }
    }

    /// One of the sides could not be read.
    record Failed<K>(Instant begun, String why) implements Audited<K> {

        @Override
        public Outcome outcome() {
            return Outcome.FAILED;
        }
    }

    /// What an audit has shown.
    ///
    /// - `CLEAN`: the copy is right about every key
    /// - `DIFFERENT`: it is not
    /// - `UNCLEAR`: it was behind, keys changed at every look, or the time was over
    /// - `FAILED`: nothing, as one of the sides could not be read
    enum Outcome {
        CLEAN, DIFFERENT, UNCLEAR, FAILED;

        /// The name in log lines, meters and endpoints, such as `clean`.
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
