package io.datadrivenchanges.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What `docs/operations.md` says about the meters of payments-service, those of the cache in it included.
final class OperationsPage {
    private static final Pattern ROW = Pattern
            .compile("\\| `([a-z.]+)` \\| (counter|timer|gauge, seconds|gauge)[^|]*\\| (yes|no) \\|.*");

    private OperationsPage() {}

    /// A row of a table.
    ///
    /// @param moves whether payments at SHADOW raise it
    record Meter(String name, String kind, boolean moves) {

        /// The name that the scraped page has for it, where a timer shows how often.
        String prometheus() {
            String suffix = switch (kind) {
                case "counter" -> "_total";
                case "timer" -> "_seconds_count";
                case "gauge, seconds" -> "_seconds";
                default -> "";
            };
            // Prometheus keeps the ending `_created` for itself: the registry leaves it out.
            return name.replace('.', '_').replaceFirst("_created$", "") + suffix;
        }
    }

    static List<Meter> meters(Path page) throws IOException {
        return Files.readAllLines(page).stream().map(ROW::matcher).filter(Matcher::matches)
                .map(row -> new Meter(row.group(1), row.group(2), row.group(3).equals("yes"))).toList();
    }
}
