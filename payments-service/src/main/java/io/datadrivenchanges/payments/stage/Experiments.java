package io.datadrivenchanges.payments.stage;

import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.experiment.Summary;
import io.datadrivenchanges.http.Problem;
import io.datadrivenchanges.http.ProblemType;
import org.springframework.stereotype.Component;

/// The experiments by their names, as answers show them. Thread-safe.
@Component
final class Experiments {
    private final Laboratory laboratory;
    private final StageSwitch stages;
    private final Audits audits;

    Experiments(Laboratory laboratory, StageSwitch stages, Audits audits) {
        this.laboratory = laboratory;
        this.stages = stages;
        this.audits = audits;
    }

    /// The totals of an experiment.
    ///
    /// @throws io.datadrivenchanges.http.ProblemException 404 if there is none of this name
    Summary summary(String name) {
        return laboratory.summary(name).orElseThrow(
                () -> Problem.of(ProblemType.NOT_FOUND, "There is no experiment of this name.").raised());
    }

    ExperimentBody body(Summary summary) {
        return ExperimentBody.of(summary, laboratory.sampling(summary.name()),
                stages.staged(summary.name()).orElse(null), AuditBody.of(audits));
    }
}
