package io.datadrivenchanges.payments.stage;

import java.util.List;

import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.StageRefusedException;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.http.Caller;
import io.datadrivenchanges.http.Problem;
import io.datadrivenchanges.http.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// Shows what the experiments have found, and changes their stages.
@RestController
@RequestMapping(path = "/experiments", produces = MediaType.APPLICATION_JSON_VALUE)
final class ExperimentController {
    private static final ProblemType NOT_REACHABLE = new ProblemType("stage-not-reachable", 409,
            "The stage is more than one step ahead");
    private static final ProblemType AUDIT_RUNNING = new ProblemType("audit-running", 409, "An audit is under way");

    private final Laboratory laboratory;
    private final StageSwitch stages;
    private final Experiments experiments;
    private final Audits audits;

    ExperimentController(Laboratory laboratory, StageSwitch stages, Experiments experiments, Audits audits) {
        this.laboratory = laboratory;
        this.stages = stages;
        this.experiments = experiments;
        this.audits = audits;
    }

    @GetMapping
    ResponseEntity<List<ExperimentBody>> all() {
        return answer(laboratory.summaries().stream().map(experiments::body).toList());
    }

    @GetMapping("/{name}")
    ResponseEntity<ExperimentBody> one(@PathVariable String name) {
        return answer(experiments.body(experiments.summary(name)));
    }

    @PutMapping(path = "/{name}/stage", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ExperimentBody> changeStage(@PathVariable String name, @RequestBody StageRequest request,
            HttpServletRequest http) {
        experiments.summary(name);
        try {
            stages.change(request.change(name, Caller.of(http).name()));
        } catch (StageRefusedException refused) {
            throw Problem.of(NOT_REACHABLE, String.valueOf(refused.getMessage())).raised();
        }
        return answer(experiments.body(experiments.summary(name)));
    }

    @PutMapping(path = "/{name}/sampling", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ExperimentBody> changeSampling(@PathVariable String name, @RequestBody SamplingRequest request) {
        experiments.summary(name);
        laboratory.sampling(name, request.checked());
        return answer(experiments.body(experiments.summary(name)));
    }

    /// Begins to compare all couriers; what comes of it is in `audit.last` of the experiment.
    @PostMapping("/{name}/audit")
    ResponseEntity<ExperimentBody> audit(@PathVariable String name) {
        experiments.summary(name);
        if (!audits.begin()) {
            throw Problem.of(AUDIT_RUNNING, "Wait until the experiment says that none is running.").raised();
        }
        return ResponseEntity.accepted().cacheControl(CacheControl.noStore())
                .body(experiments.body(experiments.summary(name)));
    }

    private static <T> ResponseEntity<T> answer(T body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }
}
