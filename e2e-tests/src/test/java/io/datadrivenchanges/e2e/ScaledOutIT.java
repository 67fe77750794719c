package io.datadrivenchanges.e2e;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

import io.datadrivenchanges.stack.Part;
import org.junit.jupiter.api.Test;

import static io.datadrivenchanges.e2e.Limits.HEALED;
import static org.assertj.core.api.Assertions.assertThat;

/// More of everything: two instances of Payments, three partitions.
class ScaledOutIT {
    private static final int PARTITIONS = 3;
    private static final List<Long> COURIERS = LongStream.rangeClosed(1, 60).boxed().toList();

    @Test
    void givesEachInstanceOfPaymentsTheWholeCacheOfAllPartitions() {
        try (var system = LocalSystem.start(Duration.ofSeconds(1),
                stack -> stack.set(Part.PUBLISHER, "performance.publisher.topic.partitions", PARTITIONS + "")
                        .set(Part.PAYMENTS, "performance.cache.partitions", PARTITIONS + ""));
                var reader = WatchedCache.start(system.kafka(), PARTITIONS, COURIERS)) {
            system.courierTable().create(COURIERS);
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
            assertThat(new Topic(system.kafka()).partitionsOfCouriers()).as("couriers are spread")
                    .hasSize(PARTITIONS);
        }
    }
}
