package io.datadrivenchanges.experiment.actuate.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import io.datadrivenchanges.experiment.AuditGate;
import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Impact;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Recheck;
import io.datadrivenchanges.experiment.Shadow;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.experiment.StageSwitch.Staged;
import io.datadrivenchanges.experiment.actuate.endpoint.ExperimentsEndpoint.ExperimentBody;
import io.datadrivenchanges.experiment.audit.AuditReport;
import io.datadrivenchanges.experiment.audit.Audited;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

class ExperimentsEndpointTest {

    private final StageSwitch stages = StageSwitch.inMemory(Stage.SHADOW, InstantSource.system());
    private final Laboratory laboratory = Laboratory.builder().stages(stages).time(new VirtualTime())
            .build();
    private @Nullable Audited<?> audited;
    private final AuditGate audits = new AuditGate() {
        @Override
        public boolean isPassed(String experiment, Instant since) {
            return false;
        }

        @Override
        public Optional<Audited<?>> last(String experiment) {
            return Optional.ofNullable(audited);
        }
    };
    private final ExperimentsEndpoint endpoint = new ExperimentsEndpoint(laboratory, stages, audits);

    private final Experiment<Integer, Integer, RuntimeException> experiment = laboratory.experiment("e")
            .control((Integer input) -> 1)
            .candidate("c", input -> input)
            .recheck(Recheck.none())
            .impact(Impact.in("EUR", (input, control, candidate) -> candidate - control))
            .shadow(new Shadow.Inline())
            .build();

    @AfterEach
    void close() {
        laboratory.close();
    }

    @Test
    void showsOneAndAll() {
        ExperimentBody one = Objects.requireNonNull(endpoint.experiment("e"));

        assertThat(one.name()).isEqualTo("e");
        assertThat(one.candidate()).isEqualTo("c");
        assertThat(one.stage()).isEqualTo(Stage.SHADOW);
        assertThat(one.results().keySet()).startsWith("results_match", "results_do_not_match", "candidate_failed");
        assertThat(endpoint.experiments().experiments()).containsExactly(one);
        assertThat(endpoint.experiment("unknown")).isNull();
    }

    @Test
    void showsWhatTheEvidenceSaysAndWhatLacks() {
        experiment.call(1);
        experiment.call(7);

        VerdictBody verdict = Objects.requireNonNull(Objects.requireNonNull(endpoint.experiment("e")).verdict());

        assertThat(verdict.verdict()).isEqualTo("blocked");
        assertThat(verdict.reason()).contains("Nothing");
        assertThat(verdict.checks()).extracting(VerdictBody.CheckBody::check).contains("changes", "baseline", "span",
                "laws");
        assertThat(verdict.lacking()).contains("changes", "span").doesNotContain("laws");
        assertThat(verdict.costs()).containsExactly(entry("EUR", new VerdictBody.CostBody(1, 6, 0, 6)));
        assertThat(verdict.instances()).isEqualTo(1);
        assertThat(verdict.ages()).last().extracting(VerdictBody.AgeBody::below).isNull();
    }

    private @Nullable AuditBody audit() {
        return Objects.requireNonNull(endpoint.experiment("e")).audit();
    }

    @Test
    void showsTheNewestAudit() {
        Instant begun = Instant.parse("2026-01-02T03:04:05Z");
        assertThat(audit()).isNull();

        var wrong = new AuditReport.Discrepancy<>("k", AuditReport.Kind.EXTRA, -1, 1);
        audited = new Audited.Compared<>(begun, new AuditReport<>("truth", "copy", 10, List.of(wrong), 1, 2, true, true,
                Duration.ofSeconds(3)));
        assertThat(audit()).isEqualTo(new AuditBody("different", begun, null,
                new AuditBody.ReportBody(10, 1, 2, true, true, Duration.ofSeconds(3))));

        audited = new Audited.Failed<>(begun, "the truth is away");
        assertThat(audit()).isEqualTo(new AuditBody("failed", begun, "the truth is away", null));
    }

    @Test
    void showsNoAuditWhereNobodyKeepsOne() {
        AuditGate forgetful = (name, since) -> true;

        assertThat(
                Objects.requireNonNull(new ExperimentsEndpoint(laboratory, stages, forgetful).experiment("e")).audit())
                .isNull();
        assertThat(Objects.requireNonNull(new ExperimentsEndpoint(laboratory, stages, null).experiment("e")).audit())
                .isNull();
    }

    @Test
    void handsOutTheEvidence() {
        assertThat(endpoint.evidence("e", "evidence")).isEqualTo("[]");
        experiment.call(7);
        experiment.call(8);
        assertThat(laboratory.drain(Duration.ofSeconds(20))).isTrue();

        assertThat(endpoint.evidence("e", "evidence")).startsWith("[{\"experiment_name\": \"e\"")
                .contains("\"input\": \"7\"", "\"input\": \"8\"").endsWith("}]");
        assertThat(endpoint.evidence("e", "other")).isNull();
        assertThat(endpoint.evidence("unknown", "evidence")).isNull();
    }

    @Test
    void changesAStageByTheRules() {
        ExperimentBody changed = Objects
                .requireNonNull(endpoint.change(SecurityContext.NONE, "e", Stage.CANARY, 5, "seen enough", null, null));

        assertThat(changed.stage()).isEqualTo(Stage.CANARY);
        assertThat(changed.staged()).extracting(Staged::canaryPercent, Staged::who, Staged::why)
                .containsExactly(5, "local", "seen enough");
        assertThatThrownBy(
                () -> endpoint.change(SecurityContext.NONE, "e", Stage.COMPLETE, null, "too fast", null, null))
                .isInstanceOf(InvalidEndpointRequestException.class);
        assertThat(stages.stage("e")).isEqualTo(Stage.CANARY);
        assertThatThrownBy(
                () -> endpoint.change(SecurityContext.NONE, "unknown", Stage.OFF, null, "why not", null, null))
                .isInstanceOf(InvalidEndpointRequestException.class);
    }

    @Test
    void refusesWhatSaysNothing() {
        assertThatThrownBy(() -> endpoint.change(SecurityContext.NONE, "e", Stage.CANARY, null, "no share", null, null))
                .isInstanceOf(InvalidEndpointRequestException.class);
        assertThatThrownBy(() -> endpoint.change(SecurityContext.NONE, "e", Stage.OFF, null, " ", null, null))
                .isInstanceOf(InvalidEndpointRequestException.class);
        assertThatThrownBy(
                () -> new ExperimentsEndpoint(laboratory, null, null).change(SecurityContext.NONE, "e", Stage.OFF,
                        null, "nobody keeps it", null, null))
                .isInstanceOf(InvalidEndpointRequestException.class);
    }

    @Test
    void changesTheSampling() {
        assertThat(Objects.requireNonNull(endpoint.change(SecurityContext.NONE, "e", null, null, null, null, 0.25))
                .sampling())
                .isEqualTo(0.25);
        for (double share : new double[]{-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> endpoint.change(SecurityContext.NONE, "e", null, null, null, null, share))
                    .isInstanceOf(InvalidEndpointRequestException.class);
        }
        assertThat(laboratory.sampling("e")).isEqualTo(0.25);
    }

    @Test
    void changesOneThingAtATime() {
        assertThatThrownBy(() -> endpoint.change(SecurityContext.NONE, "e", null, null, null, null, null))
                .isInstanceOf(InvalidEndpointRequestException.class);
        assertThatThrownBy(() -> endpoint.change(SecurityContext.NONE, "e", Stage.OFF, null, "both", null, 0.5))
                .isInstanceOf(InvalidEndpointRequestException.class);
        assertThat(stages.stage("e")).isEqualTo(Stage.SHADOW);
        assertThat(laboratory.sampling("e")).isEqualTo(1);
    }

    @Test
    void throwsTheKillSwitch() {
        assertThat(endpoint.enable(false).enabled()).isFalse();
        assertThat(laboratory.health().enabled()).isFalse();
        assertThat(endpoint.enable(true).enabled()).isTrue();
    }
}
