package io.datadrivenchanges.experiment.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageSource;
import io.datadrivenchanges.experiment.StageStore;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.experiment.Time;
import io.datadrivenchanges.experiment.actuate.endpoint.ExperimentsEndpoint;
import io.datadrivenchanges.experiment.audit.AuditLimits;
import io.datadrivenchanges.experiment.jsonl.JsonLinesSink;
import io.datadrivenchanges.experiment.micrometer.ExperimentMeters;
import io.datadrivenchanges.experiment.testing.RecordingSink;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import io.datadrivenchanges.experiment.verdict.Check;
import io.datadrivenchanges.experiment.verdict.Fleet;
import io.datadrivenchanges.experiment.verdict.Totals;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

class ExperimentAutoConfigurationTest {

    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ExperimentAutoConfiguration.class,
                    ExperimentMetersAutoConfiguration.class, ExperimentsEndpointAutoConfiguration.class))
            .withPropertyValues("management.endpoints.web.exposure.include=experiments");
    private final ApplicationContextRunner application = bare
            .withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class));

    private static Experiment<Integer, Integer, RuntimeException> experiment(Laboratory laboratory) {
        return laboratory.experiment("e").control((Integer input) -> 1).candidate("c", input -> input).build();
    }

    @Test
    void offersALaboratoryItsMetersAndItsEndpoint() {
        application.withBean(MeterRegistry.class, SimpleMeterRegistry::new).run(context -> {
            assertThat(context).hasSingleBean(Laboratory.class).hasSingleBean(StageSwitch.class)
                    .hasSingleBean(ExperimentMeters.class).hasSingleBean(ExperimentsEndpoint.class)
                    .doesNotHaveBean(JsonLinesSink.class);
            assertThat(context.getBean(MeterRegistry.class).find("experiment.sink.failures").functionCounter())
                    .as("bound").isNotNull();
        });
    }

    @Test
    void pinsTheDefaults() {
        application.run(context -> assertThat(context.getBean(ExperimentProperties.class))
                .hasToString("ExperimentProperties[enabled=true, stage=SHADOW, period=PT1M, "
                        + "jsonLines=JsonLines[path=null, maxSize=16777216B, maxFiles=4, matchesEnabled=false], "
                        + "criteria=CriteriaSettings[rate=0.001, baselineRate=0.001, budgets={}, minExposures=0, "
                        + "minCohorts=0, minSpan=PT168H, seededEnabled=true], "
                        + "promotion=PromotionRules[forwardEnabled=false, instance=null, version=null, "
                        + "canaryShares=[1, 10, 50], minStay=PT24H], "
                        + "audit=AuditSettings[chunk=5000, maxKeysPerSecond=5000, maxCatchUp=PT5S, maxDiscrepancies=100, "
                        + "maxTime=PT1H]]"));
    }

    @Test
    void isMadeOfTheApplicationsBeans() {
        RecordingSink sink = new RecordingSink();
        StageSource stages = experiment -> Stage.SHADOW;
        application.withBean(RecordingSink.class, () -> sink).withBean(StageSource.class, () -> stages).run(context -> {
            Laboratory laboratory = context.getBean(Laboratory.class);

            experiment(laboratory).call(1);

            assertThat(laboratory.drain(Duration.ofSeconds(10))).isTrue();
            assertThat(sink.only().experiment()).isEqualTo("e");
            assertThat(context).doesNotHaveBean(StageSwitch.class);
        });
    }

    /// A stage that nobody moves, and the names that evidence is saved under.
    private static final class Kept implements StageStore {

        private final Queue<String> saved = new ConcurrentLinkedQueue<>();

        @Override
        public Optional<Stored> stage(String experiment) {
            return Optional.of(new Stored(Stage.SHADOW, 0, 1));
        }

        @Override
        public boolean change(String experiment, Stored from, Stage to, int canaryPercent, String who, String why) {
            return false;
        }

        @Override
        public void save(String experiment, String generation, String instance, String epoch, Totals totals) {
            saved.add(generation + " of " + instance);
        }

        @Override
        public Fleet fleet(String experiment, String generation) {
            return new Fleet(List.of(), Duration.ZERO);
        }
    }

    /// Under which name evidence is saved with these settings.
    private String saved(String... settings) {
        Kept kept = new Kept();
        VirtualTime time = new VirtualTime();
        application.withBean(StageStore.class, () -> kept).withBean(Time.class, () -> time)
                .withPropertyValues(settings)
                .run(context -> {
                    experiment(context.getBean(Laboratory.class));
                    await("the stage is seen, then the evidence saved").atMost(Duration.ofSeconds(10)).until(() -> {
                        time.advance(Duration.ofSeconds(1));
                        return !kept.saved.isEmpty();
                    });
                });
        return kept.saved.element();
    }

    @Test
    void movesStagesByEvidenceWhereThereIsAStore() {
        assertThat(saved("experiment.promotion.instance=one", "experiment.promotion.version=v7"))
                .matches("1/v7/[0-9a-f]{1,8} of one");
    }

    @Test
    void namesTheEvidenceByHostPortAndVersionOfTheApplication() {
        assertThat(saved("server.port=8085", "spring.application.version=1.2.3"))
                .matches("1/1\\.2\\.3/[0-9a-f]{1,8} of .+:8085");
        assertThat(saved("server.port=0")).as("instances on any port are told apart")
                .matches("1/unversioned/[0-9a-f]{1,8} of .+:.+").isNotEqualTo(saved("server.port=0"));
    }

    @Test
    void beginsFromZeroWithOtherCriteria() {
        String name = "experiment.promotion.instance=one";
        assertThat(saved(name)).isEqualTo(saved(name, "experiment.criteria.rate=0.001"))
                .isNotEqualTo(saved(name, "experiment.criteria.rate=0.002"))
                .isNotEqualTo(saved(name, "experiment.criteria.budgets.EUR.cap=500",
                        "experiment.criteria.budgets.EUR.share=0.01"));
    }

    @Test
    void judgesByTheConfiguredCriteria() {
        application.withPropertyValues("experiment.criteria.rate=0.02", "experiment.criteria.min-span=90m",
                "experiment.criteria.seeded-enabled=false", "experiment.criteria.budgets.EUR.cap=500",
                "experiment.criteria.budgets.EUR.share=0.01").run(context -> {
                    Laboratory laboratory = context.getBean(Laboratory.class);
                    experiment(laboratory);
                    assertThat(laboratory.summaries().getFirst().assessment().orElseThrow().verdict().checks())
                            .extracting(Check::condition, Check::limit)
                            .contains(tuple(Check.Condition.CHANGES, "below 1 in 50"))
                            .anyMatch(check -> check.toList().getFirst() == Check.Condition.MONEY)
                            .noneMatch(check -> check.toList().getFirst() == Check.Condition.SENSITIVITY);
                });
    }

    @Test
    void offersTheConfiguredLimitsOfAnAudit() {
        application.withPropertyValues("experiment.audit.chunk=7", "experiment.audit.max-keys-per-second=8",
                "experiment.audit.max-catch-up=9s", "experiment.audit.max-discrepancies=10",
                "experiment.audit.max-time=11m").run(
                        context -> assertThat(context.getBean(AuditLimits.class))
                                .isEqualTo(new AuditLimits(7, 8, Duration.ofSeconds(9), 10, Duration.ofMinutes(11))));
    }

    @Test
    void leavesTheLaboratoryToTheApplication() {
        Laboratory own = Laboratory.create();
        application.withBean(Laboratory.class, () -> own)
                .run(context -> assertThat(context.getBean(Laboratory.class)).isSameAs(own));
    }

    @Test
    void closesTheLaboratoryBeforeTheFileOfReports(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("reports.jsonl");
        application.withPropertyValues("experiment.json-lines.path=" + file, "experiment.json-lines.max-size=10KB",
                "experiment.json-lines.max-files=2", "experiment.json-lines.matches-enabled=true").run(context -> {
                    assertThat(context.getBean(JsonLinesSink.class).wantsMatches()).isTrue();
                    Laboratory laboratory = context.getBean(Laboratory.class);
                    experiment(laboratory).call(1);
                    assertThat(laboratory.drain(Duration.ofSeconds(10))).isTrue();
                });
        assertThat(Files.readString(file)).contains("\"experiment_name\": \"e\"");
    }

    @Test
    void startsSwitchedOffIfToldTo() {
        application.withPropertyValues("experiment.enabled=false")
                .run(context -> assertThat(context.getBean(Laboratory.class).health().enabled()).isFalse());
    }

    @Test
    void beginsAtTheConfiguredStage() {
        application.withPropertyValues("experiment.stage=OFF")
                .run(context -> assertThat(context.getBean(StageSwitch.class).stage("e")).isEqualTo(Stage.OFF));
    }

    @Test
    void worksWithoutMicrometer() {
        application.withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Laboratory.class)
                        .hasSingleBean(ExperimentsEndpoint.class));
    }

    @Test
    void worksWithoutTheMetricsModule() {
        bare.withClassLoader(new FilteredClassLoader(MetricsAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Laboratory.class)
                        .doesNotHaveBean(ExperimentMeters.class));
    }

    @Test
    void worksWithoutTheActuator() {
        application.withClassLoader(new FilteredClassLoader(Endpoint.class))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(Laboratory.class)
                        .doesNotHaveBean(ExperimentsEndpoint.class));
    }

    @Test
    void hasNoEndpointUnlessItIsExposed() {
        application.withPropertyValues("management.endpoints.web.exposure.include=health")
                .run(context -> assertThat(context).doesNotHaveBean(ExperimentsEndpoint.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"canary-shares=0", "canary-shares=101",
            "canary-shares[0]=5,experiment.promotion.canary-shares[1]=5",
            "min-stay=-1s"})
    void refusesWrongRulesOfPromotionWhereThereIsAStore(String setting) {
        application.withBean(StageStore.class, Kept::new)
                .withPropertyValues(("experiment.promotion." + setting).split(",", -1))
                .run(context -> assertThat(context).hasFailed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"stage=CANARY", "stage=LIFE", "period=0s", "period=soon", "enabled=perhaps",
            "json-lines.path=x,experiment.json-lines.max-files=0",
            "json-lines.path=x,experiment.json-lines.max-size=1B",
            "criteria.rate=0", "criteria.rate=0.5", "criteria.baseline-rate=1", "criteria.min-span=-1s",
            "criteria.min-exposures=-1", "criteria.min-cohorts=-1", "criteria.seeded=false",
            "criteria.budgets.EUR.cap=0,experiment.criteria.budgets.EUR.share=0.1",
            "criteria.budgets.EUR.cap=1,experiment.criteria.budgets.EUR.share=1",
            "audit.chunk=0", "audit.max-keys-per-second=0", "audit.max-catch-up=-1s", "audit.max-discrepancies=0",
            "audit.max-time=0s", "audit.rate=1",
            "promotion.forward=true", "promotion.min-stay=soon",
            "no-such-key=1", "json-lines.max-file=1"})
    void refusesWrongSettings(String setting) {
        application.withPropertyValues(("experiment." + setting).split(",", -1))
                .run(context -> assertThat(context).hasFailed());
    }
}
