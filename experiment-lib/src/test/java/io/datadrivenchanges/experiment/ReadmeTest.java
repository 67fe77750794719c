package io.datadrivenchanges.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.datadrivenchanges.experiment.testing.RecordingSink;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReadmeTest {

    record CourierId(long value) {}

    record Performance(String level, long version) {}

    record Cached(String level, long version) {}

    static final class IncentivesDown extends Exception {}

    static final class Incentives {
        Performance fetch(CourierId id) throws IncentivesDown {
            if (id.value() < 0) {
                throw new IncentivesDown();
            }
            return new Performance("HIGH", 7);
        }
    }

    static final class Cache {
        Cached find(CourierId id) {
            return new Cached("HIGH", id.value());
        }
    }

    @Test
    void useIsAsShown() throws Exception {
        Incentives incentives = new Incentives();
        Cache cache = new Cache();
        CourierId courierId = new CourierId(42);

        // tag: use
        Laboratory lab = Laboratory.create();
        Experiment<CourierId, Performance, IncentivesDown> experiment = lab.experiment("courier-performance")
                .control(incentives::fetch)
                .candidate("cache", cache::find, Comparing.by(Performance::level, Cached::level))
                .key(CourierId::value)
                .versions(Performance::version, Cached::version)
                .shadow(new Shadow.Detached(64, Duration.ofMillis(100)))
                .build();
        Performance performance = experiment.call(courierId);
        // end: use

        assertThat(performance).isEqualTo(new Performance("HIGH", 7));
        assertThat(lab.drain(Duration.ofSeconds(10))).isTrue();
        assertThat(experiment.summary().count("results_match")).isEqualTo(1);
        lab.close();
    }

    @Test
    void testingIsAsShown() {
        // tag: testing
        RecordingSink sink = new RecordingSink();
        VirtualTime time = new VirtualTime();
        try (Laboratory lab = Laboratory.builder().sink(sink).time(time).build()) {
            Experiment<String, String, RuntimeException> experiment = lab.experiment("greeting")
                    .control((String name) -> "Hello " + name)
                    .candidate("shout", name -> "HELLO " + name)
                    .build();

            experiment.call("Ada");

            assertThat(lab.drain(Duration.ofSeconds(10))).isTrue();
            assertThat(sink.only().cause()).isEqualTo(Cause.DIVERGED);
            assertThat(experiment.summary().count("results_do_not_match")).isEqualTo(1);
        }
        // end: testing
    }

    @Test
    void readmeShowsThisCode() throws IOException {
        String readme = squeezed(Files.readString(Path.of("README.md")));
        String here = Files.readString(Path.of("src/test/java/io/datadrivenchanges/experiment/ReadmeTest.java"));

        for (String tag : List.of("use", "testing")) {
            int from = here.indexOf("// tag: " + tag) + ("// tag: " + tag).length();
            assertThat(readme).contains(squeezed(here.substring(from, here.indexOf("// end: " + tag))));
        }
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
