package io.datadrivenchanges.payments.stage;

import io.datadrivenchanges.experiment.Laboratory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/// Gives each experiment that is new to the database its first stage.
@Component
final class FirstStages implements ApplicationRunner {
    private final Laboratory laboratory;
    private final StoredStages stages;

    FirstStages(Laboratory laboratory, StoredStages stages) {
        this.laboratory = laboratory;
        this.stages = stages;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        laboratory.summaries().forEach(experiment -> stages.begin(experiment.name(), experiment.stage()));
    }
}
