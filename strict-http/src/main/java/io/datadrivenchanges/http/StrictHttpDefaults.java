package io.datadrivenchanges.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;

/// Puts `strict-http-defaults.yaml` below every other source of configuration, so that a service states deviations only.
///
/// Boot moves its own default properties to the very end later on, where ours would hide them: hence ours go in there,
/// below what the application has put in. A hidden `security.mode=jwt` would leave a service open.
///
/// Two defaults depend on what the service has chosen: a management port of its own listens where the service does, and
/// with tokens only operators see the details of health.
final class StrictHttpDefaults implements EnvironmentPostProcessor, Ordered {
    private static final String FILE = "strict-http-defaults.yaml";

    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER + 1;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Map<String, Object> defaults = read();
        if (hasManagementPort(environment)) {
            defaults.put("management.server.address", "${server.address}");
        }
        if ("jwt".equalsIgnoreCase(environment.getProperty("security.mode"))) {
            defaults.put("management.endpoint.health.show-details", "when-authorized");
        }
        var sources = environment.getPropertySources();
        PropertySource<?> given = sources.remove(DefaultPropertiesPropertySource.NAME);
        if (given != null) {
            addTo(defaults, given);
        }
        sources.addLast(new DefaultPropertiesPropertySource(defaults));
    }

    private static boolean hasManagementPort(ConfigurableEnvironment environment) {
        String port = environment.getProperty("management.server.port");
        boolean free = "0".equals(port);
        return port != null && (free || !port.equals(environment.getProperty("server.port", "8080")));
    }

    private static Map<String, Object> read() {
        Map<String, Object> defaults = new HashMap<>();
        try {
            new YamlPropertySourceLoader().load(FILE, new ClassPathResource(FILE))
                    .forEach(source -> addTo(defaults, source));
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " is not readable", e);
        }
        return defaults;
    }

    private static void addTo(Map<String, Object> defaults, PropertySource<?> source) {
        if (source instanceof EnumerablePropertySource<?> known) {
            for (String name : known.getPropertyNames()) {
                defaults.put(name, String.valueOf(known.getProperty(name)));
            }
        }
    }
}
