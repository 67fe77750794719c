package io.datadrivenchanges.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class StrictHttpIT {
    private static final String PORT = "local.server.port";

    private static Sample sample;

    @BeforeAll
    static void start() {
        sample = Sample.start("strict-http.max-reads=1", "strict-http.max-body-time=1s",
                "server.tomcat.max-connections=77");
    }

    @AfterAll
    static void stop() {
        sample.close();
    }

    @Test
    void servesWhatIsRight() throws Exception {
        assertThat(sample.get("/things?page=3").body()).isEqualTo("[3]");
        assertThat(sample.post("/things", "{\"name\":\"n\",\"size\":1}").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?page=1&page=2", "?page=", "?page", "?sise=5", "?page=x"})
    void refusesParametersThatAreNotDeclaredOrNotClear(String query) throws Exception {
        var response = sample.get("/things" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Sample.type(response)).isEqualTo("/problems/invalid-field");
    }

    @Test
    void refusesAQueryThatCannotBeRead() throws Exception {
        var response = sample.get("/things?page=1&=2");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Sample.type(response)).isEqualTo("/problems/bad-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/things;a=%", "/;a=bayments%", "/things;%zz", "/things%"})
    void refusesAPathThatCannotBeDecoded(String path) throws Exception {
        String answer = sample.raw(PORT, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400").contains("/problems/bad-request");
    }

    @Test
    void namesAllWrongFieldsAtOnce() throws Exception {
        var response = sample.post("/things", "{}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Sample.json(response).get("errors").findValuesAsString("field")).containsExactlyInAnyOrder("name",
                "size");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"name":5,"size":1}      | name
            {"name":true,"size":1}   | name
            {"name":"n","size":1.0}  | size
            {"name":"n","size":"1"}  | size
            {"name":"n","size":1e2}  | size
            {"name":"n","size":9223372036854775808} | size
            """)
    void convertsNothingSilently(String body, String field) throws Exception {
        var response = sample.post("/things", body);

        assertThat(Sample.type(response)).isEqualTo("/problems/invalid-field");
        assertThat(Sample.json(response).at("/errors/0/field").asString()).isEqualTo(field);
    }

    @Test
    void writesAllThatAProblemHolds() throws Exception {
        var response = sample.get("/conflict");

        assertThat(response.statusCode()).isEqualTo(409);
        assertThat(Sample.json(response).at("/differs/0").asString()).isEqualTo("size");
        assertThat(Sample.json(response).get("instance").asString()).isEqualTo("/conflict");
        assertThat(response.headers().firstValue("Retry-After")).contains("7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bug", "/error-thrown"})
    void tellsNothingAboutABug(String path) throws Exception {
        var response = sample.get(path);

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(Sample.type(response)).isEqualTo("/problems/internal-error");
        assertThat(response.body()).doesNotContain("secret", "Exception", "StackOverflow");
    }

    @ParameterizedTest
    @CsvSource({"08006,storage-unavailable", "57P01,storage-unavailable", "57014,storage-unavailable",
            "53300,storage-unavailable",
            "55P03,storage-unavailable", "53100,storage-full"})
    void mapsFailingStorage(String state, String type) throws Exception {
        var response = sample.get("/sql/" + state);

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(Sample.type(response)).isEqualTo("/problems/" + type);
        assertThat(Integer.parseInt(response.headers().firstValue("Retry-After").orElseThrow())).isBetween(1, 3);
    }

    @Test
    void countsOtherSqlErrorsAsBugs() throws Exception {
        assertThat(sample.get("/sql/42601").statusCode()).isEqualTo(500);
    }

    @Test
    void refusesAtOnceWhenAllPermitsAreTaken() throws Exception {
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var holder = executor.submit(() -> sample.get("/held"));
            sample.awaitHeld();

            HttpResponse<String> refused = sample.get("/things");
            HttpResponse<String> health = sample.get("/actuator/health");
            HttpResponse<String> write = sample.post("/things", "{\"name\":\"n\",\"size\":1}");
            sample.release();

            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(Sample.type(refused)).isEqualTo("/problems/overloaded");
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(write.statusCode()).isEqualTo(200);
            assertThat(holder.get().body()).isEqualTo("released");
            assertThat(sample.get("/things").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void stopsListeningToADrip() throws Exception {
        try (var socket = sample.connect(PORT); var drip = Executors.newSingleThreadScheduledExecutor()) {
            var out = socket.getOutputStream();
            out.write(
                    "POST /things HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            var dripping = drip.scheduleAtFixedRate(() -> {
                try {
                    out.write(' ');
                } catch (IOException closed) {
                    throw new UncheckedIOException(closed);
                }
            }, 0, 200, TimeUnit.MILLISECONDS);

            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            dripping.cancel(true);

            assertThat(answer).startsWith("HTTP/1.1 408").contains("/problems/request-timeout");
        }
    }

    @Test
    void leavesEveryDefaultToBeOverridden() {
        assertThat(sample.property("server.tomcat.max-connections")).isEqualTo("77");
        assertThat(sample.property("server.tomcat.keep-alive-timeout")).isEqualTo("10s");
    }
}
