package io.datadrivenchanges.e2e;

import java.net.http.HttpResponse;
import java.util.Optional;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a service answered: status, headers, and the body's exact text.
record Answer(int status, java.net.http.HttpHeaders headers, String body) {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    static Answer of(HttpResponse<String> response) {
        return new Answer(response.statusCode(), response.headers(), response.body());
    }

    Payment payment() {
        return JSON.readValue(body, Payment.class);
    }

    JsonNode json() {
        return JSON.readTree(body);
    }

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }
}
