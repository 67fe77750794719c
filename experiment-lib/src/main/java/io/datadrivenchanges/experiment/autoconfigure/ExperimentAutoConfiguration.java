package io.datadrivenchanges.experiment.autoconfigure;

import java.time.InstantSource;
import java.util.Objects;

import io.datadrivenchanges.experiment.AuditGate;
import io.datadrivenchanges.experiment.ContextPropagator;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Sink;
import io.datadrivenchanges.experiment.StageSource;
import io.datadrivenchanges.experiment.StageStore;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.experiment.Time;
import io.datadrivenchanges.experiment.audit.AuditLimits;
import io.datadrivenchanges.experiment.jsonl.JsonLinesSink;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/// Offers a [Laboratory] bean, made of the `experiment.*` settings and of the beans that the application has of the types [Sink],
/// [StageSource], [StageStore], [AuditGate], [ContextPropagator] and [Time]. It is closed with the application, before its sinks are.
///
/// Without a [StageSource] of the application the stages can be changed but are forgotten with the process. Without a [StageStore]
/// nothing moves by evidence; with one, the guard's alarm takes a stage back, and `experiment.promotion.forward-enabled` lets a
/// PROMOTE move it forward, too, once the [AuditGate] lets it, if there is one. Who audits finds its limits in the bean of the type
/// [AuditLimits].
@AutoConfiguration
@EnableConfigurationProperties(ExperimentProperties.class)
public final class ExperimentAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean(StageSource.class)
    StageSwitch experimentStages(ExperimentProperties properties) {
        return StageSwitch.inMemory(properties.stage(), InstantSource.system());
    }

    @Bean
    @ConditionalOnProperty("experiment.json-lines.path")
    @ConditionalOnMissingBean
    JsonLinesSink experimentJsonLines(ExperimentProperties properties) {
        ExperimentProperties.JsonLines settings = properties.jsonLines();
        return JsonLinesSink.to(Objects.requireNonNull(settings.path(), "path"))
                .maxBytes(settings.maxSize().toBytes())
                .maxFiles(settings.maxFiles())
                .matches(settings.matchesEnabled())
                .start();
    }

    @Bean
    @ConditionalOnMissingBean
    AuditLimits experimentAuditLimits(ExperimentProperties properties) {
        return properties.audit().limits();
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Laboratory laboratory(ExperimentProperties properties, StageSource stages, ObjectProvider<Sink> sinks,
            ObjectProvider<StageStore> store, ObjectProvider<AuditGate> audit,
            ObjectProvider<ContextPropagator> propagator,
            ObjectProvider<Time> time, Environment environment) {
        Laboratory.Builder builder = Laboratory.builder().stages(stages, properties.stage())
                .period(properties.period()).criteria(properties.criteria().criteria());
        store.ifAvailable(kept -> builder.promote(kept,
                new PromotionSettings(properties.promotion(), properties.criteria(), environment).promotion()));
        audit.ifAvailable(builder::audit);
        sinks.orderedStream().forEach(builder::sink);
        propagator.ifAvailable(builder::propagate);
        time.ifAvailable(builder::time);
        Laboratory laboratory = builder.build();
        laboratory.enabled(properties.enabled());
        return laboratory;
    }
}
