package io.datadrivenchanges.benchmarks.verdict;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.datadrivenchanges.experiment.verdict.RateProof;
import io.datadrivenchanges.experiment.verdict.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Computes the numbers and draws the plots of docs/verdict.md, always the same ones.
@Command(name = "verdict", mixinStandardHelpOptions = true, description = "Computes the numbers and draws the plots of docs/verdict.md.")
public final class VerdictPage implements Callable<Integer> {
    private static final long SEED = 20_260_101;
    private static final double NO_HORIZON = 1e15;
    private static final double[] LIMITS = {1e-3, 1e-4};

    @Option(names = "--page", defaultValue = "docs/verdict.md", description = "Page to bring up to date; its plots go to a folder of the same name (default ${DEFAULT-VALUE}).")
    private Path page = Path.of("docs/verdict.md");

    @Option(names = "--histories", defaultValue = "20000", description = "Simulated histories per number (default ${DEFAULT-VALUE}).")
    private int count = 20_000;

    private Histories histories = new Histories(SEED, 1);

    @Override
    public Integer call() throws IOException {
        histories = new Histories(SEED, count);
        String text = Files.readString(page);
        text = filled(text, "exact", exact());
        text = filled(text, "simulated", simulated());
        text = filled(text, "broken", broken());
        Files.writeString(page, text);
        Path folder = page.resolveSibling(page.getFileName().toString().replaceFirst("\\.md$", ""));
        Files.createDirectories(folder);
        new Charts(folder, new Histories(SEED, count)).draw();
        return 0;
    }

    /// Puts lines between the marks of a block.
    private static String filled(String text, String name, List<String> lines) {
        Pattern block = Pattern.compile("(<!-- " + name + " -->\n).*?(<!-- end -->)", Pattern.DOTALL);
        Matcher found = block.matcher(text);
        if (!found.find()) {
            throw new IllegalStateException("The page has no block " + name);
        }
        return found.replaceFirst("$1" + Matcher.quoteReplacement(String.join("\n", lines) + "\n") + "$2");
    }

    private static List<String> exact() {
        List<String> lines = table("bad among them", "changes needed, limit 1 in 1,000", "limit 1 in 10,000",
                "seeds needed, limit 1 in 100");
        for (long bad = 0; bad <= 5; bad++) {
            long k = bad;
            lines.add(row(number((double) bad), Stream.of(1e-3, 1e-4, 1e-2)
                    .map(limit -> number(
                            (double) RateProof.below(limit, Verdict.PROMOTE_ERROR).turningPoint(k).orElseThrow()))
                    .toArray(String[]::new)));
        }
        return lines;
    }

    private List<String> simulated() {
        List<String> lines = table("", "limit 1 in 1,000", "limit 1 in 10,000");
        for (double times : new double[]{1, 1.5, 2}) {
            lines.add(line("wrongly PROMOTE within 100/limit changes, rate " + plain(times) + " × limit",
                    limit -> percent(Histories.shareUntil(
                            histories.promotions(limit, times * limit, 100 / limit), NO_HORIZON))));
        }
        for (double part : new double[]{4, 2}) {
            lines.add(line("PROMOTE, rate limit/" + plain(part) + ": changes, median",
                    limit -> number(Histories.median(histories.promotions(limit, limit / part, NO_HORIZON)))));
        }
        lines.add(line("wrongly DEMOTE within 100/limit changes, rate just the limit",
                limit -> percent(Histories.shareUntil(histories.demotions(limit, limit, 0, 100 / limit), NO_HORIZON))));
        for (double times : new double[]{2, 10, 100}) {
            lines.add(line("DEMOTE, rate " + plain(times) + " × limit: changes, median",
                    limit -> number(Histories.median(histories.demotions(limit, times * limit, 0, NO_HORIZON)))));
        }
        lines.add(line("guard, rate just the limit: changes to a false alarm, mean",
                limit -> number(Histories.mean(histories.alarms(limit, limit, 0)))));
        for (double times : new double[]{2, 10, 100}) {
            lines.add(line("guard, rate " + plain(times) + " × limit: changes, median",
                    limit -> number(Histories.median(histories.alarms(limit, times * limit, 0)))));
        }
        return lines;
    }

    private List<String> broken() {
        List<String> lines = table("rule broken", "limit", "result");
        for (double times : new double[]{1, 2}) {
            lines.add(row("\"observed rate ≤ limit\", looked at each 1,000 changes from 10,000 on, rate " + plain(times)
                    + " × limit", "1 in 10,000",
                    percent(Histories.shareUntil(histories.observedBelow(1e-4, times * 1e-4, 1e6), NO_HORIZON))
                            + " promoted"));
        }
        lines.add(row("bad changes counted 3,000 changes late", "1 in 1,000",
                percent(Histories.shareUntil(histories.promotionsCountedLate(1e-3, 1e-3, 3_000, 1e5), NO_HORIZON))
                        + " promoted"));
        lines.add(row("reads counted instead of changes, wrong ones in tens", "1 in 10,000",
                percent(Histories.shareUntil(histories.promotions(1e-4, 1e-5, 10, 1, 1e7), NO_HORIZON))
                        + " promoted"));
        for (int instances : new int[]{2, 4}) {
            lines.add(row("counts of " + instances + " instances added that see the same changes", "1 in 1,000",
                    percent(Histories.shareUntil(histories.promotions(1e-3, 1e-3, 1, instances, 1e5), NO_HORIZON))
                            + " promoted"));
        }
        lines.add(row("no guard: rate 10 × limit after 1,000,000 good changes", "1 in 10,000",
                number(Histories.median(histories.demotions(1e-4, 1e-3, 1e6, NO_HORIZON)))
                        + " changes to DEMOTE, median; with the guard "
                        + number(Histories.median(histories.alarms(1e-4, 1e-3, 1_000_000)))));
        return lines;
    }

    private interface Cell {
        String of(double limit);
    }

    private static String line(String name, Cell cell) {
        List<String> cells = new ArrayList<>();
        for (double limit : LIMITS) {
            cells.add(cell.of(limit));
        }
        return row(name, cells.toArray(String[]::new));
    }

    private static List<String> table(String... heads) {
        List<String> lines = new ArrayList<>();
        lines.add(Stream.of(heads).collect(Collectors.joining(" | ", "| ", " |")));
        lines.add("|---" + "|--:".repeat(heads.length - 1) + "|");
        return lines;
    }

    private static String row(String name, String... cells) {
        return "| " + name + " | " + String.join(" | ", cells) + " |";
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? number(number) : Double.toString(number);
    }
}
