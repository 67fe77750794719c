package io.datadrivenchanges.http;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ManagementPortIT {
    private static Sample sample;

    @BeforeAll
    static void start() {
        sample = Sample.start("management.server.port=0");
    }

    @AfterAll
    static void stop() {
        sample.close();
    }

    @Test
    void listensWhereTheServiceDoes() throws Exception {
        assertThat(sample.property("management.server.address")).isEqualTo("127.0.0.1");
        assertThat(sample.getManagement("/actuator/health/readiness").statusCode()).isEqualTo(200);
        assertThat(sample.get("/actuator/health/readiness").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/error", "/actuator/env"})
    void answersErrorsInTheOneFormat(String path) throws Exception {
        var response = sample.getManagement(path);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json;charset=UTF-8");
        assertThat(Sample.type(response)).isEqualTo("/problems/not-found");
        assertThat(response.headers().firstValue("X-Request-Id"))
                .contains(Sample.json(response).get("requestId").asString());
    }

    @Test
    void answersBrokenRequestsInTheOneFormat() throws Exception {
        String answer = sample.raw("local.management.port", "G@T / HTTP/1.1\r\nHost: localhost\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json", "/problems/bad-request");
    }

    @Test
    void refusesAPathThatCannotBeDecoded() throws Exception {
        String answer = sample.raw("local.management.port",
                "GET /actuator/health;a=% HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400").contains("/problems/bad-request");
    }

    @Test
    void refusesForeignHosts() throws Exception {
        String answer = sample.raw("local.management.port",
                "GET /actuator/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 400").contains("/problems/bad-request");
    }
}
