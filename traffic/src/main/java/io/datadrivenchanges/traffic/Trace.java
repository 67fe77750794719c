package io.datadrivenchanges.traffic;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

import io.datadrivenchanges.traffic.Plan.Planned;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/// A recorded sequence of deliveries: a packed CSV file with at least the columns `delivered_at`, `courier_id`, `delivery_id` and
/// `on_time`, sorted by time.
///
/// It is read and checked as a whole before the first delivery is paid, so that a bad line stops nothing half way.
final class Trace {
    static final String ORIGIN = "Replayed from a trace. The one made from hflights is not courier data: its deliveries are"
            + " passenger flights of 2011, aircraft stand in for couriers, arrival on schedule for delivery on time.";

    private static final List<String> COLUMNS = List.of("delivered_at", "courier_id", "delivery_id", "on_time");
    private static final Pattern COURIER = Pattern.compile("[1-9][0-9]{0,14}");
    private static final Pattern DELIVERY = Pattern.compile("[A-Za-z0-9._:-]{1,60}");
    private static final String ID_PREFIX = "t-";
    private static final int MAX_SHOWN = 60;

    private Trace() {}

    /// Reads a trace.
    ///
    /// @param limit how many deliveries at most
    /// @param speed how many seconds of the trace pass in one second
    /// @param rate how many deliveries per second at most; infinite for no limit
    /// @throws TrafficException if there is no such file, or it is not such a trace, or it has no delivery
    static Plan read(Path file, long limit, double speed, double rate) {
        if (!Files.isRegularFile(file)) {
            throw new TrafficException("There is no trace file " + file + ".");
        }
        try (var unpacked = new GZIPInputStream(Files.newInputStream(file));
                var parser = CSVParser.parse(new InputStreamReader(unpacked, StandardCharsets.UTF_8),
                        CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get())) {
            for (String column : COLUMNS) {
                if (!parser.getHeaderMap().containsKey(column)) {
                    throw new TrafficException("The trace " + file + " has no column " + column + ".");
                }
            }
            List<Planned> planned = deliveries(file, parser, limit, speed, rate);
            if (planned.isEmpty()) {
                throw new TrafficException("The trace " + file + " has no delivery.");
            }
            return new Plan(planned.iterator(), OptionalLong.of(planned.size()), ORIGIN);
        } catch (ZipException e) {
            throw new TrafficException("The trace " + file + " is not packed with gzip: " + e.getMessage() + ".", e);
        } catch (IOException | UncheckedIOException e) {
            throw new TrafficException("The trace " + file + " cannot be read: " + e.getMessage() + ".", e);
        } catch (IllegalArgumentException e) {
            throw new TrafficException("The trace " + file + " has a bad header line: " + e.getMessage() + ".", e);
        }
    }

    private static List<Planned> deliveries(Path file, CSVParser parser, long limit, double speed, double rate) {
        List<Planned> planned = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        @Nullable
        Instant first = null;
        Instant previous = Instant.MIN;
        long minGap = Math.min(Math.round(1e9 / rate), Planned.NEVER);
        long previousOffset = -minGap;
        for (CSVRecord row : parser) {
            if (planned.size() == limit) {
                break;
            }
            var line = new Line(file, parser.getCurrentLineNumber(), row);
            Instant at = line.instant("delivered_at");
            long courier = Long.parseLong(line.matching("courier_id", COURIER));
            String id = line.matching("delivery_id", DELIVERY);
            line.check(at.compareTo(previous) >= 0, "delivered_at", "is earlier than the line before");
            line.check(ids.add(id), "delivery_id", "occurs twice");
            first = first == null ? at : first;
            previous = at;
            Duration since = Duration.between(first, at);
            long offset = Math.max(previousOffset + minGap,
                    Math.round((since.toSeconds() * 1e9 + since.toNanosPart()) / speed));
            var next = new Planned(Delivery.of(ID_PREFIX + id, courier, line.bool("on_time")), offset);
            previousOffset = next.offsetNanos();
            planned.add(next);
        }
        return planned;
    }

    private record Line(Path file, long number, CSVRecord row) {

        private String text(String column) {
            check(row.isConsistent(), column, "is missing, or the line has too many");
            return row.get(column);
        }

        private Instant instant(String column) {
            try {
                return Instant.parse(text(column));
            } catch (DateTimeParseException e) {
                throw bad(column, "is not a UTC time such as 2011-01-01T12:57:00Z", e);
            }
        }

        private boolean bool(String column) {
            String text = text(column);
            check(text.equals("true") || text.equals("false"), column, "is neither true nor false");
            return text.equals("true");
        }

        private String matching(String column, Pattern pattern) {
            String text = text(column);
            check(pattern.matcher(text).matches(), column, "does not match " + pattern);
            return text;
        }

        private void check(boolean holds, String column, String problem) {
            if (!holds) {
                throw bad(column, problem, null);
            }
        }

        private TrafficException bad(String column, String problem, @Nullable Throwable cause) {
            String value = row.isConsistent() ? " \"" + shown(row.get(column)) + "\"" : "";
            String message = "The trace " + file + " is wrong at line " + number + ": " + column + value + " " + problem
                    + ".";
            return cause == null ? new TrafficException(message) : new TrafficException(message, cause);
        }

        private static String shown(String value) {
            String printable = value.replaceAll("\\p{Cntrl}", "?");
            return printable.length() <= MAX_SHOWN ? printable : printable.substring(0, MAX_SHOWN) + "…";
        }
    }
}
