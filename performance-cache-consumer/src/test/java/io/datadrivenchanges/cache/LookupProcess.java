package io.datadrivenchanges.cache;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A process with a cache that looks up whatever courier a line of its input names, and prints the answer.
final class LookupProcess {
    private LookupProcess() {}

    /// Ends with its input.
    ///
    /// @param arguments address of Kafka, topic, accepted staleness
    public static void main(String... arguments) throws IOException {
        try (var cache = KafkaPerformanceCache.builder().bootstrapServers(arguments[0]).topic(arguments[1])
                .maxStaleness(Duration.parse(arguments[2])).start();
                var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(cache.lookup(Long.parseLong(line)));
            }
        }
    }
}
