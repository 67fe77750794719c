package io.datadrivenchanges.payments.stage;

import java.time.Instant;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;

import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageRefusedException;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.experiment.StageSwitch.Staged;
import io.datadrivenchanges.experiment.Summary;
import io.datadrivenchanges.http.Caller;
import io.datadrivenchanges.http.Problem;
import io.datadrivenchanges.http.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// Shows what the experiments have found since the process started, and changes their stages.
@RestController
@RequestMapping(path = "/experiments", produces = MediaType.APPLICATION_JSON_VALUE)
final class ExperimentController {
    private static final ProblemType NOT_REACHABLE = new ProblemType("stage-not-reachable", 409,
            "The stage is more than one step ahead");

    private final Laboratory laboratory;
    private final StageSwitch stages;

    ExperimentController(Laboratory laboratory, StageSwitch stages) {
        this.laboratory = laboratory;
        this.stages = stages;
    }

    /// @param results the same keys in the same order as in the summary line
    /// @param sampling largest share of the calls of this process that is compared
    /// @param changed how the stage came about; `null` while the database has not been read
    record ExperimentBody(String name, Stage stage, SequencedMap<String, Long> results, DurationsBody durations,
            double sampling, @Nullable Integer percentage, @Nullable ChangedBody changed) {}

    /// The last change of the stage.
    record ChangedBody(long revision, @Nullable Stage from, String by, String reason, @Nullable String override,
            Instant at) {

        static ChangedBody of(Staged staged) {
            return new ChangedBody(staged.revision(), staged.from(), staged.who(), staged.why(), staged.override(),
                    staged.at());
        }
    }

    record DurationsBody(DurationBody control, DurationBody candidate) {}

    /// In whole microseconds, rounded up; all zero before the first run.
    record DurationBody(long p50Micros, long p99Micros, long maxMicros) {}

    @GetMapping
    ResponseEntity<List<ExperimentBody>> all() {
        return answer(laboratory.summaries().stream().map(this::body).toList());
    }

    @GetMapping("/{name}")
    ResponseEntity<ExperimentBody> one(@PathVariable String name) {
        return answer(body(summary(name)));
    }

    @PutMapping(path = "/{name}/stage", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ExperimentBody> changeStage(@PathVariable String name, @RequestBody StageRequest request,
            HttpServletRequest http) {
        summary(name);
        try {
            stages.change(request.change(name, Caller.of(http).name()));
        } catch (StageRefusedException refused) {
            throw Problem.of(NOT_REACHABLE, String.valueOf(refused.getMessage())).raised();
        }
        return answer(body(summary(name)));
    }

    @PutMapping(path = "/{name}/sampling", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<ExperimentBody> changeSampling(@PathVariable String name, @RequestBody SamplingRequest request) {
        summary(name);
        laboratory.sampling(name, request.checked());
        return answer(body(summary(name)));
    }

    private Summary summary(String name) {
        return laboratory.summaries().stream().filter(summary -> summary.name().equals(name)).findFirst()
                .orElseThrow(() -> Problem.of(ProblemType.NOT_FOUND, "There is no experiment of this name.").raised());
    }

    private static <T> ResponseEntity<T> answer(T body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }

    private ExperimentBody body(Summary summary) {
        Staged staged = stages.staged(summary.name()).orElse(null);
        return new ExperimentBody(summary.name(), summary.stage(), summary.counts(),
                new DurationsBody(body(summary.controlDurations()), body(summary.candidateDurations())),
                laboratory.sampling(summary.name()),
                staged == null || staged.stage() != Stage.CANARY ? null : staged.canaryPercent(),
                staged == null ? null : ChangedBody.of(staged));
    }

    private static DurationBody body(Summary.Durations durations) {
        return new DurationBody(micros(durations.p50Nanos()), micros(durations.p99Nanos()),
                micros(durations.maxNanos()));
    }

    private static long micros(long nanos) {
        return Math.ceilDiv(nanos, TimeUnit.MICROSECONDS.toNanos(1));
    }
}
