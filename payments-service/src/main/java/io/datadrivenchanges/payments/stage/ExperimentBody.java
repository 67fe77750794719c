package io.datadrivenchanges.payments.stage;

import java.time.Instant;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;

import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageSwitch.Staged;
import io.datadrivenchanges.experiment.Summary;
import io.datadrivenchanges.experiment.actuate.endpoint.VerdictBody;
import org.jspecify.annotations.Nullable;

/// What an experiment has found, as an answer.
///
/// @param results the same keys in the same order as in the summary line
/// @param sampling largest share of the calls of this process that is compared
/// @param changed how the stage came about; `null` while the database has not been read
/// @param audit the comparisons of all couriers that this process has made
/// @param verdict what the evidence of all instances says, since the stage was changed; `null` without a candidate
record ExperimentBody(String name, Stage stage, SequencedMap<String, Long> results, DurationsBody durations,
        double sampling, @Nullable Integer percentage, @Nullable ChangedBody changed, AuditBody audit,
        @Nullable VerdictBody verdict) {

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

    static ExperimentBody of(Summary summary, double sampling, @Nullable Staged staged, AuditBody audit) {
        return new ExperimentBody(summary.name(), summary.stage(), summary.counts(),
                new DurationsBody(body(summary.controlDurations()), body(summary.candidateDurations())), sampling,
                staged == null || staged.stage() != Stage.CANARY ? null : staged.canaryPercent(),
                staged == null ? null : ChangedBody.of(staged), audit,
                summary.assessment().map(VerdictBody::of).orElse(null));
    }

    private static DurationBody body(Summary.Durations durations) {
        return new DurationBody(micros(durations.p50Nanos()), micros(durations.p99Nanos()),
                micros(durations.maxNanos()));
    }

    private static long micros(long nanos) {
        return Math.ceilDiv(nanos, TimeUnit.MICROSECONDS.toNanos(1));
    }
}
