package io.datadrivenchanges.experiment.autoconfigure;

import io.datadrivenchanges.experiment.AuditGate;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.experiment.actuate.endpoint.ExperimentsEndpoint;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/// Offers the endpoint `experiments` where the actuator is present and the endpoint is exposed.
@AutoConfiguration(after = ExperimentAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(Laboratory.class)
@ConditionalOnAvailableEndpoint(ExperimentsEndpoint.class)
public final class ExperimentsEndpointAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ExperimentsEndpoint experimentsEndpoint(Laboratory laboratory, ObjectProvider<StageSwitch> stages,
            ObjectProvider<AuditGate> audits) {
        return new ExperimentsEndpoint(laboratory, stages.getIfAvailable(), audits.getIfAvailable());
    }
}
