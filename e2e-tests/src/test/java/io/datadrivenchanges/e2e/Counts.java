package io.datadrivenchanges.e2e;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import tools.jackson.databind.JsonNode;

import static java.util.stream.Collectors.joining;

/// The `results` of the experiment: how its runs ended, by key, in the order in which they were written.
record Counts(Map<String, Long> byKey) {
    /// A run ends in exactly one of these; the other keys say more about some of them.
    private static final Set<String> FINDINGS = Set.of("results_match", "results_do_not_match", "candidate_failed",
            "control_failed", "ignored", "incomparable", "comparison_failed", "sampled_out", "filtered", "gate_failed",
            "shed", "cancelled");

    static Counts of(JsonNode results) {
        var byKey = new LinkedHashMap<String, Long>();
        results.properties().forEach(entry -> byKey.put(entry.getKey(), entry.getValue().longValue()));
        return new Counts(byKey);
    }

    long of(String key) {
        Long count = byKey.get(key);
        if (count == null) {
            throw new AssertionError("no " + key + " in " + byKey);
        }
        return count;
    }

    long runs() {
        return of("runs");
    }

    long inFlight() {
        return of("in_flight");
    }

    /// Runs that have ended, counted by how they ended.
    long findings() {
        return FINDINGS.stream().mapToLong(key -> byKey.getOrDefault(key, 0L)).sum();
    }

    /// What was counted after `earlier`, in one life of the process.
    Counts since(Counts earlier) {
        var difference = new LinkedHashMap<String, Long>();
        byKey.forEach((key, count) -> difference.put(key, count - earlier.byKey.getOrDefault(key, 0L)));
        return new Counts(difference);
    }

    /// Only what was counted, for messages.
    @Override
    public String toString() {
        return byKey.entrySet().stream().filter(entry -> entry.getValue() != 0)
                .map(entry -> entry.getKey() + "=" + entry.getValue()).collect(joining(", ", "{", "}"));
    }
}
