package io.datadrivenchanges.payments.stage;

import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Stage;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/// Gives each experiment that is new to the database its first stage.
@Component
final class FirstStages implements ApplicationRunner {
    private final Laboratory laboratory;
    private final StoredStages stages;
    private final Stage first;

    FirstStages(Laboratory laboratory, StoredStages stages,
            @Value("${experiment.stage:SHADOW}") Stage first) {
        this.laboratory = laboratory;
        this.stages = stages;
        this.first = first;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        laboratory.summaries().forEach(experiment -> stages.begin(experiment.name(), first));
    }
}
