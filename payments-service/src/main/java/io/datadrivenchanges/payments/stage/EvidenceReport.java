package io.datadrivenchanges.payments.stage;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.datadrivenchanges.experiment.Evidence;
import io.datadrivenchanges.experiment.actuate.endpoint.VerdictBody;
import org.jspecify.annotations.Nullable;

/// The evidence on an experiment as a page of Markdown, to be attached to the decision about its next stage. What stems from
/// values cannot make headings, tables or tags of its own.
final class EvidenceReport {
    private static final String UNKNOWN = "–";

    private final PrintStream out;

    private EvidenceReport(PrintStream out) {
        this.out = out;
    }

    /// Writes the page; a reader that has gone away is not told of.
    static void write(ExperimentBody experiment, List<Evidence> kept, Instant at, OutputStream to) {
        var out = new PrintStream(to, false, StandardCharsets.UTF_8);
        var report = new EvidenceReport(out);
        report.head(experiment, at);
        VerdictBody verdict = experiment.verdict();
        if (verdict != null) {
            report.verdict(verdict);
        }
        AuditBody.LastAuditBody audit = experiment.audit().last();
        if (audit != null) {
            report.audit(audit);
        }
        report.table("Runs of this process", List.of("Finding or settlement", "Count"),
                experiment.results().entrySet().stream().map(count -> row(count.getKey(), count.getValue())));
        report.table("Kept runs of this process, the newest first; costs in minor units",
                List.of("At", "Finding", "Settlement", "Input", "Control", "Version", "Candidate", "Version", "Cost"),
                kept.stream().sorted(Comparator.comparing(Evidence::at).reversed()).map(EvidenceReport::row));
        out.flush();
    }

    private void head(ExperimentBody experiment, Instant at) {
        line("# Evidence on " + cell(experiment.name()));
        line("");
        String share = experiment.percentage() == null ? "" : " " + experiment.percentage() + " %";
        line("Made at " + at + ", at stage " + experiment.stage() + share + ".");
        ExperimentBody.ChangedBody changed = experiment.changed();
        if (changed != null) {
            line("");
            line("Revision " + changed.revision() + " of the stage, by " + cell(changed.by()) + " at " + changed.at()
                    + ": "
                    + cell(changed.reason()) + ".");
        }
    }

    private void verdict(VerdictBody verdict) {
        line("");
        line("**" + verdict.verdict().toUpperCase(Locale.ROOT) + ".** " + cell(verdict.reason()) + ".");
        line("");
        line("Of " + verdict.instances() + " instance(s), collected for " + verdict.span() + ": " + verdict.exposures()
                + " changes, of these " + verdict.bad() + " wrong and " + verdict.open() + " not settled; "
                + verdict.baseline() + " keys seen first, of these " + verdict.baselineBad() + " wrong; "
                + verdict.seeds()
                + " answers falsified on purpose, of these " + verdict.seedsMissed() + " not noticed.");
        table("Conditions of a promotion", List.of("Condition", "Met", "Actual", "Limit"), verdict.checks().stream()
                .map(check -> row(check.check(), check.met() ? "yes" : "no", check.actual(), check.limit())));
        table("What the mismatches of this process would have cost, in minor units",
                List.of("Currency", "Mismatches", "Too much", "Too little", "Worst"),
                verdict.costs().entrySet().stream().map(cost -> row(cost.getKey(), cost.getValue().count(),
                        cost.getValue().over(), cost.getValue().under(), cost.getValue().worst())));
        table("Reads of this process by the time since the change", List.of("Below", "Reads", "Wrong"),
                verdict.ages().stream()
                        .map(age -> row(age.below() == null ? "any" : age.below(), age.reads(), age.wrong())));
    }

    private void audit(AuditBody.LastAuditBody audit) {
        AuditBody.ReportBody found = audit.report();
        line("");
        if (found == null) {
            line("The audit of all couriers of this process, begun at " + audit.begun() + ", **failed**: "
                    + cell(audit.why()) + ".");
            return;
        }
        line("The audit of all couriers of this process, begun at " + audit.begun() + ", is **" + audit.outcome()
                + "**: " + found.keys() + " couriers, of these " + found.found() + " wrong in the cache and "
                + found.moving() + " never at rest; " + (found.caughtUp() ? "" : "the cache was behind; ")
                + (found.complete() ? "complete" : "not complete") + ", in " + found.took() + ".");
        if (!found.discrepancies().isEmpty()) {
            table("What the audit has found",
                    List.of("Courier", "Cache", "Version of Incentives", "Version in the cache"),
                    found.discrepancies().stream().map(one -> row(one.courierId(), one.kind(), one.incentivesVersion(),
                            one.cacheVersion())));
        }
    }

    private void table(String title, List<String> columns, Stream<String> rows) {
        line("");
        line("## " + title);
        line("");
        line(columns.stream().collect(Collectors.joining(" | ", "| ", " |")));
        line("|" + " --- |".repeat(columns.size()));
        rows.forEach(this::line);
    }

    private void line(String text) {
        out.print(text);
        out.print('\n');
    }

    private static String row(Evidence one) {
        return row(one.at(), one.judgement().finding(), one.settlement() == null ? null : one.settlement().key(),
                one.input(), said(one.control()), version(one.control()), said(one.observed()),
                version(one.observed()),
                one.cost() == null ? null : one.cost().minorUnits() + " " + one.cost().currency());
    }

    private static @Nullable String said(Evidence.Part part) {
        return part.error() == null ? part.text() : part.error();
    }

    private static @Nullable Long version(Evidence.Part part) {
        return part.version() < 0 ? null : part.version();
    }

    private static String row(@Nullable Object... cells) {
        return Stream.of(cells).map(EvidenceReport::cell).collect(Collectors.joining(" | ", "| ", " |"));
    }

    /// On one line, and with everything escaped that means something to Markdown or to what shows it.
    private static String cell(@Nullable Object value) {
        if (value == null) {
            return UNKNOWN;
        }
        return value.toString().replaceAll("\\p{Cntrl}+", " ").replace("&", "&amp;").replace("<", "&lt;")
                .replaceAll("([\\\\`*_\\[\\]|])", "\\\\$1");
    }
}
