package io.datadrivenchanges.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ClassPathResource;

/// Puts `strict-http-defaults.yaml` below every other source of configuration, so that a service states deviations only.
///
/// Two defaults depend on what the service has chosen and are added here: a management port of its own listens where the
/// service does, and with tokens only operators see the details of health.
final class StrictHttpDefaults implements EnvironmentPostProcessor, Ordered {
    private static final String FILE = "strict-http-defaults.yaml";

    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER + 1;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        try {
            new YamlPropertySourceLoader().load(FILE, new ClassPathResource(FILE))
                    .forEach(environment.getPropertySources()::addLast);
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " is not readable", e);
        }
        Map<String, Object> derived = new HashMap<>();
        String managementPort = environment.getProperty("management.server.port");
        if (managementPort != null && !managementPort.equals(environment.getProperty("server.port"))) {
            derived.put("management.server.address", "${server.address}");
        }
        if ("jwt".equalsIgnoreCase(environment.getProperty("security.mode"))) {
            derived.put("management.endpoint.health.show-details", "when-authorized");
        }
        environment.getPropertySources().addBefore(FILE, new MapPropertySource("strict-http-derived", derived));
    }
}
