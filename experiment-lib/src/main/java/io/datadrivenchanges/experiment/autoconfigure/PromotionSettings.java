package io.datadrivenchanges.experiment.autoconfigure;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

import io.datadrivenchanges.experiment.Promotion;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/// Names the evidence of a process where the settings do not: whose it is, and what it is about.
///
/// @param rules as set
/// @param criteria a part of the configuration: with others the evidence begins from zero, as a bound that was chosen after looking is none
/// @param environment of the application
record PromotionSettings(ExperimentProperties.PromotionRules rules, ExperimentProperties.CriteriaSettings criteria,
        Environment environment) {

    private static final String UNNAMED = "unversioned";
    private static final String ANY_PORT = "0";

    /// @throws IllegalArgumentException if one of the settings is not within its bounds
    Promotion promotion() {
        String version = orElse(rules.version(),
                orElse(environment.getProperty("spring.application.version"), UNNAMED));
        String judgedBy = Integer.toHexString(criteria.criteria().toString().hashCode());
        return new Promotion(orElse(rules.instance(), host() + ":" + port()), version + "/" + judgedBy,
                rules.canaryShares(), rules.minStay(), rules.forwardEnabled());
    }

    /// A port tells instances on one host apart. One that is chosen at the start is another after a restart: so is the instance.
    private String port() {
        String port = environment.getProperty("server.port", "8080");
        return port.equals(ANY_PORT) ? UUID.randomUUID().toString() : port;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return UUID.randomUUID().toString();
        }
    }

    private static String orElse(@Nullable String text, String other) {
        return text == null || text.isBlank() ? other : text;
    }
}
