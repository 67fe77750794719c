package io.datadrivenchanges.e2e;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

import io.datadrivenchanges.stack.Part;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import static io.datadrivenchanges.e2e.Limits.HEALED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// More of everything: two instances of Payments, two of the publisher, three partitions.
@TestInstance(Lifecycle.PER_CLASS)
class ScaledOutIT {
    private static final int PARTITIONS = 3;
    private static final int CHANGES_PER_SECOND = 200;
    private static final List<Long> COURIERS = LongStream.rangeClosed(1, 60).boxed().toList();

    private LocalSystem system;
    private WatchedCache reader;

    @BeforeAll
    void start() {
        system = LocalSystem.start(Duration.ofSeconds(1),
                stack -> stack.set(Part.PUBLISHER, "performance.publisher.topic.partitions", PARTITIONS + "")
                        .set(Part.PAYMENTS, "performance.cache.partitions", PARTITIONS + ""));
        system.courierTable().create(COURIERS);
        reader = startReader();
    }

    @AfterAll
    void close() {
        if (reader != null) {
            reader.close();
        }
        if (system != null) {
            system.close();
        }
    }

    @Test
    void givesEachInstanceOfPaymentsTheWholeCacheOfAllPartitions() {
        URI second = system.stack().startAnother(Part.PAYMENTS);
        var clients = List.of(new Client(system), new Client(() -> second, system));

        clients.forEach(client -> Agreement.awaitFor(client, COURIERS));
        COURIERS.forEach(courier -> system.courierTable().change(courier));
        clients.forEach(client -> Agreement.awaitFor(client, COURIERS));
        system.kill(Part.PAYMENTS);
        COURIERS.forEach(courier -> system.courierTable().change(courier));
        Agreement.awaitFor(clients.getLast(), COURIERS);

        reader.awaitVersions("a reader of all partitions", system.courierTable().versions(), HEALED);
        reader.assertFaultless();
        assertThat(new Topic(system.kafka()).partitionsOfCouriers()).as("couriers are spread").hasSize(PARTITIONS);
    }

    /// The frozen one keeps what it had not sent yet, and its connections. PostgreSQL takes the lead from it after 15 s.
    @Test
    void replacesAFrozenPublisherWhichStandsByOnceItWakesUp() {
        try (var load = TableLoad.start(system.courierTable(), COURIERS, CHANGES_PER_SECOND)) {
            load.awaitMore(CHANGES_PER_SECOND);
            system.stack().freeze(Part.PUBLISHER);
            system.stack().startAnother(Part.PUBLISHER);
            load.awaitMore(CHANGES_PER_SECOND);
            system.stack().thaw(Part.PUBLISHER);
            await("the frozen publisher stands by").atMost(HEALED).until(() -> system.log(Part.PUBLISHER).stream()
                    .anyMatch(line -> line.contains("Standing by: another publisher leads")));
            load.awaitMore(CHANGES_PER_SECOND);
        }

        reader.awaitVersions("a reader that was there all the time", system.courierTable().versions(), HEALED);
        reader.assertFaultless();
        try (var compaction = new Compaction(system.kafka())) {
            compaction.force();
        }
        try (var late = startReader()) {
            late.awaitVersions("a reader from scratch after compaction", system.courierTable().versions(), HEALED);
            late.assertFaultless();
        }
    }

    private WatchedCache startReader() {
        return WatchedCache.start(system.kafka(), PARTITIONS, COURIERS);
    }
}
