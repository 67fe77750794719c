package io.datadrivenchanges.payments.stage;

import java.time.Instant;

import io.datadrivenchanges.experiment.audit.AuditReport;

/// An audit that has ended. Immutable.
sealed interface Audited {

    Instant begun();

    Outcome outcome();

    /// Both sides were read.
    record Compared(Instant begun, AuditReport<Long> report) implements Audited {

        /// What was found while the cache was behind may be lag.
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
    record Failed(Instant begun, String why) implements Audited {

        @Override
        public Outcome outcome() {
            return Outcome.FAILED;
        }
    }

    /// What an audit has shown.
    ///
    /// - `CLEAN`: the cache is right about every courier
    /// - `DIFFERENT`: it is not
    /// - `UNCLEAR`: it was behind, couriers changed at every look, or the time was over
    /// - `FAILED`: nothing, as one of the sides could not be read
    enum Outcome {
        CLEAN, DIFFERENT, UNCLEAR, FAILED
    }
}
