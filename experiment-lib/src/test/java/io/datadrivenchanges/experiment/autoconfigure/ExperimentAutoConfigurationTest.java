package io.datadrivenchanges.experiment.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageSource;
import io.datadrivenchanges.experiment.StageSwitch;
import io.datadrivenchanges.experiment.actuate.endpoint.ExperimentsEndpoint;
import io.datadrivenchanges.experiment.jsonl.JsonLinesSink;
import io.datadrivenchanges.experiment.micrometer.ExperimentMeters;
import io.datadrivenchanges.experiment.testing.RecordingSink;
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
                        + "jsonLines=JsonLines[path=null, maxSize=16777216B, maxFiles=4, matchesEnabled=false]]"));
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
    @ValueSource(strings = {"stage=CANARY", "stage=LIFE", "period=0s", "period=soon", "enabled=perhaps",
            "json-lines.path=x,experiment.json-lines.max-files=0",
            "json-lines.path=x,experiment.json-lines.max-size=1B",
            "no-such-key=1", "json-lines.max-file=1"})
    void refusesWrongSettings(String setting) {
        application.withPropertyValues(("experiment." + setting).split(",", -1))
                .run(context -> assertThat(context).hasFailed());
    }
}
