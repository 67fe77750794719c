package io.datadrivenchanges.experiment.actuate.endpoint;

import java.time.Duration;
import java.time.Instant;

import io.datadrivenchanges.experiment.audit.AuditReport;
import io.datadrivenchanges.experiment.audit.Audited;
import org.jspecify.annotations.Nullable;

/// The newest audit that has ended, as endpoints show it: its numbers; which keys are wrong is for the application to show. Immutable.
///
/// @param outcome `clean`, `different`, `unclear` or `failed`
/// @param why it failed; `null` if it did not
/// @param report `null` if it failed
public record AuditBody(String outcome, Instant begun, @Nullable String why, @Nullable ReportBody report) {

    /// What was compared and found.
    ///
    /// @param keys compared
    /// @param found keys about which the copy is wrong
    /// @param moving keys that changed at every look
    /// @param caughtUp whether the copy was as far as the truth whenever it was compared
    /// @param complete whether all keys were compared
    public record ReportBody(long keys, long found, long moving, boolean caughtUp, boolean complete, Duration took) {

        private static ReportBody of(AuditReport<?> report) {
            return new ReportBody(report.keys(), report.found(), report.moving(), report.caughtUp(), report.complete(),
                    report.took());
        }
    }

    /// Shows an audit.
    public static AuditBody of(Audited<?> audited) {
        String outcome = audited.outcome().key();
        return switch (audited) {
            case Audited.Failed<?> failed -> new AuditBody(outcome, failed.begun(), failed.why(), null);
            case Audited.Compared<?> compared -> new AuditBody(outcome, compared.begun(), null,
                    ReportBody.of(compared.report()));
        };
    }
}
