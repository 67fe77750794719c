package io.datadrivenchanges.experiment.autoconfigure;

import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.micrometer.ExperimentMeters;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.context.annotation.Bean;

/// Binds the meters `experiment.*` where Micrometer is present.
@AutoConfiguration(after = {MetricsAutoConfiguration.class, ExperimentAutoConfiguration.class})
@ConditionalOnClass({MeterRegistry.class, MetricsAutoConfiguration.class})
@ConditionalOnBean(Laboratory.class)
public final class ExperimentMetersAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ExperimentMeters experimentMeters(Laboratory laboratory) {
        return new ExperimentMeters(laboratory);
    }
}
