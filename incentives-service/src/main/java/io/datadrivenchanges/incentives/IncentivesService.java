package io.datadrivenchanges.incentives;

import io.datadrivenchanges.http.AccessRules;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;

/// Starts the service.
@SpringBootApplication
public class IncentivesService {
    private static final String PERFORMANCES = "/incentives/performance";
    private static final String PERFORMANCE = PERFORMANCES + "/{courierId}";

    /// Starts the service with Boot's command line arguments.
    public static void main(String[] arguments) {
        SpringApplication.run(IncentivesService.class, arguments);
    }

    @Bean
    AccessRules accessRules() {
        return AccessRules.none()
                .allow(HttpMethod.GET, PERFORMANCES, "performance.read", "performance.write")
                .allow(HttpMethod.GET, PERFORMANCE, "performance.read", "performance.write")
                .allow(HttpMethod.PUT, PERFORMANCE, "performance.write")
                .allow(HttpMethod.POST, PERFORMANCE, "performance.write");
    }
}
