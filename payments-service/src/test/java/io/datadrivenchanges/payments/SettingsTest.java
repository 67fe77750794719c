package io.datadrivenchanges.payments;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/// The settings of this service are an API: their keys and defaults, and that a mistyped one does not pass.
class SettingsTest {
    private static final Map<String, String> KNOWN = Map.of(
            "payments.default-currency", "EUR",
            "payments.currencies", "EUR,JPY",
            "payments.max-amount-minor", "100000000",
            "payments.incentives.base-url", "http://127.0.0.1:8081",
            "payments.incentives.connect-timeout", "300ms",
            "payments.incentives.read-timeout", "500ms",
            "payments.incentives.max-calls", "48",
            "payments.incentives.token-file", "pom.xml", // any file that is there
            "experiment.stage", "SHADOW",
            "experiment.period", "1m");

    private final ApplicationContextRunner service = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ConfigurationPropertiesAutoConfiguration.class,
                    ValidationAutoConfiguration.class))
            .withUserConfiguration(Settings.class);

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan(basePackageClasses = PaymentsApplication.class)
    static class Settings {}

    @Test
    void hasTheseDefaults() {
        service.run(context -> assertThat(context.getBeansWithAnnotation(
                ConfigurationProperties.class).values())
                .extracting(Object::toString).contains(
                        "PaymentsProperties[defaultCurrency=EUR, currencies=[], maxAmountMinor=100000000, incentives={}]",
                        "IncentivesProperties[baseUrl=http://127.0.0.1:8081, connectTimeout=PT0.3S, readTimeout=PT0.5S, maxCalls=48, tokenFile=null]",
                        "ExperimentProperties[stage=SHADOW, period=PT1M]"));
    }

    @Test
    void knowsEveryDocumentedKey() {
        service.withPropertyValues(KNOWN.entrySet().stream().map(Object::toString).toArray(String[]::new))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"payments.max-amount=1", "payments.incentives.timeout=1s", "experiment.perod=1s",
            "payments.default-currency=XXX", "payments.default-currency=euro", "payments.max-amount-minor=0",
            "payments.incentives.max-calls=0", "payments.incentives.token-file=nowhere",
            "payments.incentives.read-timeout=0s", "experiment.stage=ALIVE",
            "experiment.period=soon"})
    void failsToStartOnAnUnknownKeyOrABadValue(String setting) {
        service.withPropertyValues(setting).run(context -> assertThat(context).hasFailed());
    }
}
