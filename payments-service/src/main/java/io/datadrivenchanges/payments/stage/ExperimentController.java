package io.datadrivenchanges.payments.stage;

import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;

import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.Summary;
import io.datadrivenchanges.http.Problem;
import io.datadrivenchanges.http.ProblemType;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// Shows what the experiments have found since the process started.
@RestController
@RequestMapping(path = "/experiments", produces = MediaType.APPLICATION_JSON_VALUE)
final class ExperimentController {
    private final Laboratory laboratory;

    ExperimentController(Laboratory laboratory) {
        this.laboratory = laboratory;
    }

    /// @param results the same keys in the same order as in the summary line
    record ExperimentBody(String name, Stage stage, SequencedMap<String, Long> results, DurationsBody durations) {}

    record DurationsBody(DurationBody control, DurationBody candidate) {}

    /// In whole microseconds, rounded up; all zero before the first run.
    record DurationBody(long p50Micros, long p99Micros, long maxMicros) {}

    @GetMapping
    ResponseEntity<List<ExperimentBody>> all() {
        return answer(laboratory.summaries().stream().map(ExperimentController::body).toList());
    }

    @GetMapping("/{name}")
    ResponseEntity<ExperimentBody> one(@PathVariable String name) {
        return laboratory.summaries().stream().filter(summary -> summary.name().equals(name)).findFirst()
                .map(summary -> answer(body(summary)))
                .orElseThrow(() -> Problem.of(ProblemType.NOT_FOUND, "There is no experiment of this name.").raised());
    }

    private static <T> ResponseEntity<T> answer(T body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }

    private static ExperimentBody body(Summary summary) {
        return new ExperimentBody(summary.name(), summary.stage(), summary.counts(),
                new DurationsBody(body(summary.controlDurations()), body(summary.candidateDurations())));
    }

    private static DurationBody body(Summary.Durations durations) {
        return new DurationBody(micros(durations.p50Nanos()), micros(durations.p99Nanos()),
                micros(durations.maxNanos()));
    }

    private static long micros(long nanos) {
        return Math.ceilDiv(nanos, TimeUnit.MICROSECONDS.toNanos(1));
    }
}
