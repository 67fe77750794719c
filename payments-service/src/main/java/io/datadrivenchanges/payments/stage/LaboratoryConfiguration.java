package io.datadrivenchanges.payments.stage;

import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.StageSource;
import io.datadrivenchanges.experiment.micrometer.ExperimentMeters;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The laboratory that all experiments of this process run in.
@Configuration(proxyBeanMethods = false)
class LaboratoryConfiguration {

    @Bean
    StageSource stages(ExperimentProperties properties) {
        return _ -> properties.stage();
    }

    @Bean
    Laboratory laboratory(ExperimentProperties properties, StageSource stages) {
        return Laboratory.builder().stages(stages).period(properties.period()).build();
    }

    @Bean
    ExperimentMeters experimentMeters(Laboratory laboratory) {
        return new ExperimentMeters(laboratory);
    }
}
