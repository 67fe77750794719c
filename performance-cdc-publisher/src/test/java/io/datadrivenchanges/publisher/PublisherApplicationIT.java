package io.datadrivenchanges.publisher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class PublisherApplicationIT {
    /// The first cell of a row that describes a meter.
    private static final Pattern METER = Pattern
            .compile("^\\| `(cdc\\.publisher\\.[a-z.]+)` \\| (counter|timer|gauge)");

    static {
        // The application would set up logging anew, and others listen to it.
        System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
    }

    private final Pipe pipe = new Pipe(1);
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        pipe.close();
    }

    @Test
    void tellsWhetherChangesFlowAndComparesTableAndTopicOnRequest() throws Exception {
        pipe.change(1, 2, 3);
        try (ConfigurableApplicationContext context = run()) {
            await().atMost(Pipe.LIMIT).until(() -> get(context, "health/readiness").statusCode() == 200);

            assertThat(get(context, "health/liveness").statusCode()).isEqualTo(200);
            assertThat(get(context, "health").body()).contains("\"state\":\"STREAMING\"", "\"watermarkAgeMillis\":");
            assertThat(get(context, "prometheus").body()).contains("cdc_publisher_state{state=\"streaming\"} 1.0",
                    "cdc_publisher_generations_total{reason=\"no-marker\"} 1.0",
                    "cdc_publisher_records_total{op=\"heartbeat\"}", "cdc_publisher_watermark_age_seconds",
                    "cdc_publisher_slot_retained_bytes");
            assertThat(get(context, "audit").statusCode()).isEqualTo(404);

            assertThat(post(context, "audit").body()).contains("\"couriers\":3", "\"missing\":0", "\"ahead\":0",
                    "\"different\":0");

            assertThat(get(context, "audit").body()).contains("\"couriers\":3");
            assertThat(get(context, "prometheus").body()).contains("cdc_publisher_audit_missing 0.0",
                    "cdc_publisher_audit_ahead 0.0", "cdc_publisher_audit_different 0.0",
                    "cdc_publisher_audit_runs_total{outcome=\"clean\"} 1.0", "cdc_publisher_queue_remaining 8192.0");
            assertThat(meters(context)).isEqualTo(documentedMeters());
        }
        await().atMost(Pipe.LIMIT).until(() -> pipe.connected() == 0);
    }

    @Test
    void isAliveButNotReadyWhileAnotherPublisherLeads() {
        pipe.start().awaitFresh();
        try (ConfigurableApplicationContext context = run()) {
            await().atMost(Pipe.LIMIT).until(() -> get(context, "health").body().contains("\"state\":\"STANDBY\""));

            assertThat(get(context, "health").statusCode()).isEqualTo(200);
            assertThat(get(context, "health/liveness").statusCode()).isEqualTo(200);
            assertThat(get(context, "health/readiness").statusCode()).isEqualTo(503);
        }
    }

    @Test
    void saysWhereAPersonIsNeeded() {
        try (ConfigurableApplicationContext context = run("--performance.publisher.database.user=nobody")) {
            await().atMost(Pipe.LIMIT).until(() -> get(context, "health").body().contains("\"state\":\"BACKOFF\""));

            assertThat(get(context, "health").body()).contains("\"status\":\"DOWN\"",
                    "role \\\"nobody\\\" does not exist");
            assertThat(get(context, "health/liveness").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void refusesSettingsThatDoNotExistOrMakeNoSense() {
        assertThatThrownBy(() -> run("--performance.publisher.sloth=x")).hasStackTraceContaining("sloth");
        assertThatThrownBy(() -> run("--performance.publisher.slot=x;y"))
                .hasStackTraceContaining("performance.publisher.slot must match");
    }

    private ConfigurableApplicationContext run(String... more) {
        var settings = new String[]{"--server.port=0",
                "--spring.kafka.bootstrap-servers=" + pipe.kafka().bootstrapServers(),
                "--performance.publisher.database.port=" + pipe.postgres().port(),
                "--performance.publisher.slot=" + pipe.properties.slot(),
                "--performance.publisher.topic.name=" + pipe.properties.topic().name()};
        Stream<String> all = Stream.concat(Arrays.stream(settings), Arrays.stream(more));
        return SpringApplication.run(PublisherApplication.class, all.toArray(String[]::new));
    }

    private static Set<String> meters(ConfigurableApplicationContext context) {
        return context.getBean(MeterRegistry.class).getMeters().stream().map(meter -> meter.getId().getName())
                .filter(name -> name.startsWith("cdc.publisher.")).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> documentedMeters() throws IOException {
        return Files.readAllLines(Path.of("../docs/operations.md")).stream().map(METER::matcher).filter(Matcher::find)
                .map(row -> row.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private HttpResponse<String> get(ConfigurableApplicationContext context, String path) {
        return send(context, path, HttpRequest.newBuilder().GET());
    }

    private HttpResponse<String> post(ConfigurableApplicationContext context, String path) {
        return send(context, path, HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.noBody()));
    }

    private HttpResponse<String> send(ConfigurableApplicationContext context, String path,
            HttpRequest.Builder request) {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        try {
            return http.send(request.uri(URI.create("http://127.0.0.1:" + port + "/actuator/" + path))
                    .timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
