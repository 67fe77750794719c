package io.datadrivenchanges.experiment.actuate.endpoint;

import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.Collectors;

import io.datadrivenchanges.experiment.AuditGate;
import io.datadrivenchanges.experiment.Evidence;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageChange;
import io.datadrivenchanges.experiment.StageRefusedException;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.experiment.StageSwitch.Staged;
import io.datadrivenchanges.experiment.Summary;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/// Shows the experiments of a laboratory, and lets operators change them while they run. Thread-safe.
///
/// | Request | Does |
/// |---|---|
/// | `GET experiments` | all experiments, and how the laboratory does |
/// | `GET experiments/{name}` | one |
/// | `GET experiments/{name}/evidence` | the evidence kept of it, as a JSON array of [Evidence#json] |
/// | `POST experiments` `{"enabled":false}` | throws the kill switch of this process |
/// | `POST experiments/{name}` `{"stage":"CANARY","percentage":5,"reason":"…"}` | changes a stage by the rules of [StageChange] |
/// | `POST experiments/{name}` `{"sampling":0.1}` | compares that share of the calls of this process at most |
@Endpoint(id = "experiments")
public final class ExperimentsEndpoint {

    private final Laboratory laboratory;
    private final @Nullable StageSwitch stages;
    private final @Nullable AuditGate audits;

    /// @param stages `null` if stages cannot be changed
    /// @param audits `null` if nobody audits
    public ExperimentsEndpoint(Laboratory laboratory, @Nullable StageSwitch stages, @Nullable AuditGate audits) {
        this.laboratory = Objects.requireNonNull(laboratory, "laboratory");
        this.stages = stages;
        this.audits = audits;
    }

    /// All experiments, and how the laboratory does.
    ///
    /// @param enabled position of the kill switch
    /// @param disabledFor time for which it was off in total
    /// @param sinkFailures reports that a sink threw at
    /// @param dropped reports and log lines lost because those who take them were too slow
    /// @param experiments in the order of their building
    public record LaboratoryBody(boolean enabled, Duration disabledFor, long sinkFailures, long dropped,
            List<ExperimentBody> experiments) {}

    /// One experiment.
    ///
    /// @param stage where it is now
    /// @param sampling the largest share of the calls that is compared
    /// @param staged how that came about; `null` if nobody keeps that
    /// @param results the keys and numbers of the summary line, in its order
    /// @param audit the newest comparison of all keys; `null` if there is none, or none is kept
    /// @param verdict what the evidence says; `null` if there is no candidate
    public record ExperimentBody(String name, String candidate, Stage stage, @Nullable Staged staged,
            double sampling, SequencedMap<String, Long> results, Summary.Durations control,
            Summary.Durations observed, @Nullable AuditBody audit, @Nullable VerdictBody verdict) {}

    @ReadOperation
    public LaboratoryBody experiments() {
        Laboratory.Health health = laboratory.health();
        return new LaboratoryBody(health.enabled(), health.disabledFor(), health.sinkFailures(), health.dropped(),
                laboratory.summaries().stream().map(this::body).toList());
    }

    @ReadOperation
    public @Nullable ExperimentBody experiment(@Selector String name) {
        return laboratory.summary(name).map(this::body).orElse(null);
    }

    /// What is kept of an experiment, as JSON.
    ///
    /// @param part `evidence`; there is no other
    @ReadOperation(produces = "application/json")
    public @Nullable String evidence(@Selector String name, @Selector String part) {
        if (!part.equals("evidence") || laboratory.summary(name).isEmpty()) {
            return null;
        }
        return laboratory.evidence(name).stream().map(Evidence::json).collect(Collectors.joining(",\n", "[", "]"));
    }

    /// Throws the kill switch of this process, or takes it back.
    @WriteOperation
    public LaboratoryBody enable(boolean enabled) {
        laboratory.enabled(enabled);
        return experiments();
    }

    /// Changes either the stage, or which share of the calls is compared by this process.
    ///
    /// @param stage `null` = stays
    /// @param percentage at [Stage#CANARY] only
    /// @param reason of the change of stage
    /// @param sampling from 0 to 1; `null` = stays
    @WriteOperation
    public @Nullable ExperimentBody change(SecurityContext security, @Selector String name, @Nullable Stage stage,
            @Nullable Integer percentage, @Nullable String reason, @Nullable String override,
            @Nullable Double sampling) {
        if (laboratory.summary(name).isEmpty()) {
            String what = "There is no experiment of this name.";
            throw new InvalidEndpointRequestException(what, what);
        }
        if (stage != null && sampling == null) {
            changeStage(security, name, stage, percentage, reason == null ? "" : reason, override);
        } else if (sampling != null && stage == null) {
            changeSampling(name, sampling);
        } else {
            String what = "Give either a stage and a reason, or sampling.";
            throw new InvalidEndpointRequestException(what, what);
        }
        return experiment(name);
    }

    private void changeSampling(String name, double sampling) {
        try {
            laboratory.sampling(name, sampling);
        } catch (IllegalArgumentException refused) {
            String why = String.valueOf(refused.getMessage());
            throw new InvalidEndpointRequestException(why, why);
        }
    }

    private void changeStage(SecurityContext security, String name, Stage stage, @Nullable Integer percentage,
            String reason, @Nullable String override) {
        StageSwitch keeper = stages;
        if (keeper == null) {
            throw new InvalidEndpointRequestException("Stages cannot be changed here.", "there is no StageSwitch");
        }
        Principal principal = security.getPrincipal();
        try {
            keeper.change(new StageChange(name, stage, percentage == null ? 0 : percentage,
                    principal == null ? "local" : principal.getName(), reason, override));
        } catch (StageRefusedException | IllegalArgumentException refused) {
            String why = String.valueOf(refused.getMessage());
            throw new InvalidEndpointRequestException(why, why);
        }
    }

    private ExperimentBody body(Summary summary) {
        Staged staged = stages == null ? null : stages.staged(summary.name()).orElse(null);
        AuditBody audit = audits == null ? null : audits.last(summary.name()).map(AuditBody::of).orElse(null);
        return new ExperimentBody(summary.name(), summary.candidate(), summary.stage(), staged,
                laboratory.sampling(summary.name()), summary.counts(),
                summary.controlDurations(), summary.candidateDurations(), audit,
                summary.assessment().map(VerdictBody::of).orElse(null));
    }
}
