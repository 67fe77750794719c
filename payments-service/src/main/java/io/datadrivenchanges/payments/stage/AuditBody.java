package io.datadrivenchanges.payments.stage;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.datadrivenchanges.experiment.audit.AuditReport;
import io.datadrivenchanges.experiment.audit.Audited;
import org.jspecify.annotations.Nullable;

/// The audits of this instance, as an answer.
///
/// @param running whether one is under way
/// @param last the newest that has ended; `null` if there is none
record AuditBody(boolean running, @Nullable LastAuditBody last) {

    static AuditBody of(Audits audits) {
        return new AuditBody(audits.isRunning(), audits.last().map(LastAuditBody::of).orElse(null));
    }

    /// An audit that has ended.
    ///
    /// @param outcome `clean`, `different`, `unclear` or `failed`
    /// @param why it failed; `null` if it did not
    /// @param report `null` if it failed
    record LastAuditBody(String outcome, Instant begun, @Nullable String why, @Nullable ReportBody report) {

        private static LastAuditBody of(Audited<Long> audited) {
            String outcome = audited.outcome().key();
            return switch (audited) {
                case Audited.Failed<Long> failed -> new LastAuditBody(outcome, failed.begun(), failed.why(), null);
                case Audited.Compared<Long> compared -> new LastAuditBody(outcome, compared.begun(), null,
                        ReportBody.of(compared.report()));
            };
        }
    }

    /// What was compared and found.
    ///
    /// @param found couriers about which the cache is wrong, of which `discrepancies` has the first
    /// @param moving couriers that changed at every look
    /// @param caughtUp whether the cache was as far as Incentives whenever it was compared
    /// @param complete whether all couriers were compared
    record ReportBody(long keys, long found, long moving, boolean caughtUp, boolean complete, Duration took,
            List<DiscrepancyBody> discrepancies) {

        private static ReportBody of(AuditReport<Long> report) {
            return new ReportBody(report.keys(), report.found(), report.moving(), report.caughtUp(), report.complete(),
                    report.took(), report.discrepancies().stream().map(DiscrepancyBody::of).toList());
        }
    }

    /// A courier about whom the cache is wrong. Versions are `null` where that side has none.
    record DiscrepancyBody(long courierId, AuditReport.Kind kind, @Nullable Long incentivesVersion,
            @Nullable Long cacheVersion) {

        private static DiscrepancyBody of(AuditReport.Discrepancy<Long> found) {
            return new DiscrepancyBody(found.key(), found.kind(), version(found.truthVersion()),
                    version(found.copyVersion()));
        }

        private static @Nullable Long version(long version) {
            return version < 0 ? null : version;
        }
    }
}
