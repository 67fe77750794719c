package io.datadrivenchanges.traffic;

import java.util.LinkedHashMap;
import java.util.Map;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What Payments says about its experiment.
///
/// @param stage OFF, SHADOW and so on
/// @param results runs by what became of them, as in the log line
/// @param control durations of the control since Payments was started
/// @param candidate durations of the candidate since Payments was started
public record ExperimentNumbers(String stage, Map<String, Long> results, Durations control, Durations candidate) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /// Durations of one side in microseconds; -1 where there is none yet.
    public record Durations(long p50Micros, long p99Micros) {}

    long count(String key) {
        return results.getOrDefault(key, 0L);
    }

    /// These numbers with the counts of an earlier moment taken away.
    ExperimentNumbers since(ExperimentNumbers start) {
        Map<String, Long> difference = new LinkedHashMap<>();
        results.forEach((key, value) -> difference.put(key, value - start.count(key)));
        return new ExperimentNumbers(stage, difference, control, candidate);
    }

    /// Reads the answer of Payments to a GET of `/experiments/{name}`.
    ///
    /// @throws TrafficException if it is not one
    public static ExperimentNumbers parse(String json) {
        try {
            JsonNode root = JSON.readTree(json);
            Map<String, Long> results = new LinkedHashMap<>();
            root.path("results").properties().forEach(entry -> results.put(entry.getKey(), entry.getValue().asLong(0)));
            if (results.isEmpty()) {
                throw new TrafficException("The numbers of the experiment lack \"results\".");
            }
            return new ExperimentNumbers(root.path("stage").asString("?"),
                    results,
                    durations(root.path("durations").path("control")),
                    durations(root.path("durations").path("candidate")));
        } catch (JacksonException e) {
            throw new TrafficException("The numbers of the experiment are not JSON.", e);
        }
    }

    private static Durations durations(JsonNode node) {
        return new Durations(node.path("p50Micros").asLong(-1), node.path("p99Micros").asLong(-1));
    }
}
