package io.datadrivenchanges.payments;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/// The API describes itself, beside all that is strict.
class ApiPageIT {

    @Test
    void describesEachEndpointAndShowsThem() {
        try (var payments = new RunningPayments()) {
            var described = payments.get("/v3/api-docs");

            assertThat(described.statusCode()).isEqualTo(200);
            JsonNode api = JsonMapper.shared().readTree(described.body());
            assertThat(api.path("paths").propertyNames()).containsExactlyInAnyOrder("/payments",
                    "/payments/{deliveryId}",
                    "/experiments", "/experiments/{name}", "/experiments/{name}/stage",
                    "/experiments/{name}/sampling", "/experiments/{name}/mismatches", "/experiments/{name}/evidence",
                    "/experiments/{name}/audit");
            JsonNode order = api.path("components").path("schemas").path("PaymentRequest").path("properties");
            assertThat(order.path("amount").path("type").asString()).isEqualTo("number");
            assertThat(order.path("currency").path("type").asString()).isEqualTo("string");

            var page = payments.get("/swagger-ui.html");
            assertThat(page.statusCode()).isEqualTo(302);
            assertThat(payments.get(page.headers().firstValue("Location").orElseThrow()).body()).contains("swagger-ui");
        }
    }
}
