package io.datadrivenchanges.payments;

import io.datadrivenchanges.http.AccessRules;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;

/// Starts payments-service.
@SpringBootApplication
@ConfigurationPropertiesScan
public class PaymentsApplication {

    /// Starts the service with Boot's command line arguments.
    public static void main(String[] arguments) {
        SpringApplication.run(PaymentsApplication.class, arguments);
    }

    @Bean
    AccessRules accessRules() {
        return AccessRules.none()
                .allow(HttpMethod.POST, "/payments", "payments.write")
                .allow(HttpMethod.GET, "/payments", "payments.write", "payments.read")
                .allow(HttpMethod.GET, "/payments/{deliveryId}", "payments.write", "payments.read")
                .allow(HttpMethod.GET, "/experiments", "ops")
                .allow(HttpMethod.GET, "/experiments/{name}", "ops")
                .allow(HttpMethod.GET, "/experiments/{name}/mismatches", "ops")
                .allow(HttpMethod.GET, "/experiments/{name}/evidence", "ops")
                .allow(HttpMethod.PUT, "/experiments/{name}/stage", "ops")
                .allow(HttpMethod.PUT, "/experiments/{name}/sampling", "ops")
                .allow(HttpMethod.POST, "/experiments/{name}/audit", "ops");
    }
}
