package io.datadrivenchanges.experiment;

import java.time.Duration;

import io.datadrivenchanges.experiment.testing.RecordingSink;
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
    void comparesAsTheReadmeSays() throws Exception {
        Incentives incentives = new Incentives();
        Cache cache = new Cache();
        CourierId courierId = new CourierId(42);
        RecordingSink sink = new RecordingSink();

        try (Laboratory lab = Laboratory.builder().sink(sink).build()) {
            Experiment<CourierId, Performance, IncentivesDown> experiment = lab.experiment("courier-performance")
                    .control(incentives::fetch)
                    .candidate("cache", cache::find, Comparing.by(Performance::level, Cached::level))
                    .key(CourierId::value)
                    .versions(Performance::version, Cached::version)
                    .shadow(new Shadow.Detached(64, Duration.ofMillis(100)))
                    .build();
            Performance performance = experiment.call(courierId);

            assertThat(performance).isEqualTo(new Performance("HIGH", 7));
            assertThat(lab.drain(Duration.ofSeconds(10))).isTrue();
            assertThat(experiment.summary().count("results_match")).isEqualTo(1);
            assertThat(sink.only().key()).isEqualTo(42L);
        }
    }

}
