package io.datadrivenchanges.experiment.verdict;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Totals as one line of text, to be stored: fields `name=value`, separated by blanks; lists by commas; the name of a cohort or
/// currency after a colon, percent-encoded. Of losses only the buckets that are not empty, as `bucket:count`.
final class TotalsText {

    private static final String CHANGES = "changes";
    private static final String BASELINE = "baseline";
    private static final String COHORT = "cohort:";
    private static final String LOSSES = "losses:";
    private static final String BEYOND_CAP = "beyond_cap";
    private static final String SEEDS = "seeds";
    private static final String RUNS = "runs";
    private static final String LAWS_INTACT = "laws_intact";
    private static final String ALARM = "alarm";
    private static final int COUNTS = 6;

    private TotalsText() {}

    static String write(Totals totals) {
        List<String> fields = new ArrayList<>();
        fields.add(CHANGES + "=" + write(totals.changes()));
        fields.add(BASELINE + "=" + write(totals.baseline()));
        totals.cohorts().forEach((name, counts) -> fields.add(COHORT + encoded(name) + "=" + write(counts)));
        totals.losses().forEach((currency, losses) -> fields.add(LOSSES + encoded(currency) + "=" + write(losses)));
        fields.add(BEYOND_CAP + "=" + totals.beyondCap());
        fields.add(SEEDS + "=" + totals.seeds() + "," + totals.seedsMissed());
        fields.add(RUNS + "=" + totals.runs() + "," + totals.shed());
        fields.add(LAWS_INTACT + "=" + totals.lawsIntact());
        fields.add(ALARM + "=" + totals.alarm());
        return String.join(" ", fields);
    }

    static Totals read(String text) {
        SortedMap<String, String> fields = new TreeMap<>();
        SortedMap<String, Counts> cohorts = new TreeMap<>();
        SortedMap<String, Losses> losses = new TreeMap<>();
        for (String field : text.split(" ", -1)) {
            int equals = field.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("not a field of totals: '" + field + "'");
            }
            String name = field.substring(0, equals);
            String value = field.substring(equals + 1);
            if (name.startsWith(COHORT)) {
                cohorts.put(decoded(name.substring(COHORT.length())), counts(value));
            } else if (name.startsWith(LOSSES)) {
                losses.put(decoded(name.substring(LOSSES.length())), losses(value));
            } else {
                fields.put(name, value);
            }
        }
        long[] seeds = numbers(get(fields, SEEDS), 2);
        long[] runs = numbers(get(fields, RUNS), 2);
        return new Totals(counts(get(fields, CHANGES)), counts(get(fields, BASELINE)), cohorts, losses,
                numbers(get(fields, BEYOND_CAP), 1)[0], seeds[0], seeds[1], runs[0], runs[1],
                Boolean.parseBoolean(get(fields, LAWS_INTACT)), Boolean.parseBoolean(get(fields, ALARM)));
    }

    private static String get(SortedMap<String, String> fields, String name) {
        String value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("totals without " + name);
        }
        return value;
    }

    private static String write(Counts counts) {
        return Arrays.stream(new long[]{counts.good(), counts.bad(), counts.open(), counts.unsettled(),
                counts.superseded(), counts.ignored()}).mapToObj(Long::toString).collect(Collectors.joining(","));
    }

    private static Counts counts(String text) {
        long[] n = numbers(text, COUNTS);
        return new Counts(n[0], n[1], n[2], n[3], n[4], n[5]);
    }

    private static String write(Losses losses) {
        long[] counts = losses.counts();
        return IntStream.range(0, counts.length).filter(i -> counts[i] > 0).mapToObj(i -> i + ":" + counts[i])
                .collect(Collectors.joining(","));
    }

    private static Losses losses(String text) {
        long[] counts = new long[Losses.BUCKETS];
        if (!text.isEmpty()) {
            for (String each : text.split(",", -1)) {
                int colon = each.indexOf(':');
                int bucket = Integer.parseInt(each.substring(0, Math.max(0, colon)));
                if (bucket < 0 || bucket >= counts.length) {
                    throw new IllegalArgumentException("no such bucket: " + each);
                }
                counts[bucket] = Long.parseLong(each.substring(colon + 1));
            }
        }
        return Losses.of(counts);
    }

    private static long[] numbers(String text, int count) {
        long[] numbers = Arrays.stream(text.split(",", -1)).mapToLong(Long::parseLong).toArray();
        if (numbers.length != count) {
            throw new IllegalArgumentException("needs " + count + " numbers: '" + text + "'");
        }
        return numbers;
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    private static String decoded(String name) {
        return URLDecoder.decode(name, StandardCharsets.UTF_8);
    }
}
