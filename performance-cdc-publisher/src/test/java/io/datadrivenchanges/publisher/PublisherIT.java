package io.datadrivenchanges.publisher;

import java.sql.SQLException;
import java.util.List;
import java.util.stream.LongStream;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

class PublisherIT {
    @Test
    void snapshotsThenStreamsInTheOrderOfCommits() throws SQLException {
        try (var pipe = new Pipe(1)) {
            pipe.asSuperuser("""
                    INSERT INTO courier_performance VALUES (1, 'NORMAL', 1, '2025-12-31T23:59:59.999999Z'),
                        (42, 'HIGH', 6, '2025-12-31T12:00:00Z')""");

            pipe.start().awaitFresh();
            pipe.change(42);
            pipe.change(7, 1);
            pipe.awaitTable();

            long generation = pipe.values("@generation").getFirst().required("generation").longValue();
            List<String> records = pipe.read().stream().filter(record -> !record.key().equals("@heartbeat"))
                    .map(record -> record.key() + " " + record.value()
                            .replaceAll("\"systemId\":\"\\d+\"", "\"systemId\":\"S\"")
                            .replaceAll("(at|committedAt)\":\"2[-:.T\\d]{25}Z", "$1\":\"T")
                            .replaceAll("updatedAt\":\"202[6-9][-:.T\\d]{22}Z", "updatedAt\":\"T"))
                    .toList();
            String head = "{\"schema\":1,\"generation\":" + generation;
            String marker = ",\"systemId\":\"S\",\"timeline\":1,\"reason\":\"no-marker\",\"at\":\"T\"}";
            String stamps = ",\"updatedAt\":\"T\",\"committedAt\":\"T\"}";
            assertThat(records).containsExactly(
                    "@generation " + head + ",\"state\":\"BUILDING\",\"couriers\":0" + marker,
                    "1 " + head + ",\"courierId\":1,\"performance\":\"NORMAL\",\"version\":1"
                            + ",\"updatedAt\":\"2025-12-31T23:59:59.999999Z\"}",
                    "42 " + head + ",\"courierId\":42,\"performance\":\"HIGH\",\"version\":6"
                            + ",\"updatedAt\":\"2025-12-31T12:00:00.000000Z\"}",
                    "@generation " + head + ",\"state\":\"COMPLETE\",\"couriers\":2" + marker,
                    "42 " + head + ",\"courierId\":42,\"performance\":\"OUTSTANDING\",\"version\":7" + stamps,
                    "7 " + head + ",\"courierId\":7,\"performance\":\"NORMAL\",\"version\":1" + stamps,
                    "1 " + head + ",\"courierId\":1,\"performance\":\"HIGH\",\"version\":2" + stamps);
        }
    }

    @Test
    void completesEveryPartition() throws SQLException {
        try (var pipe = new Pipe(3)) {
            pipe.change(LongStream.rangeClosed(1, 30).toArray());
            pipe.start().awaitFresh().stop();
            pipe.change(5, 31);

            Pipe.Running running = pipe.start().awaitFresh();
            pipe.awaitTable();

            assertThat(running.count("starts", "reason", "continue")).isEqualTo(1);
            List<JsonNode> complete = pipe.values("@generation").stream()
                    .filter(it -> it.required("state").stringValue().equals("COMPLETE")).toList();
            assertThat(complete).hasSize(3);
            assertThat(complete.stream().mapToLong(it -> it.required("couriers").longValue()).sum()).isEqualTo(30);
            assertThat(pipe.read().stream().filter(it -> it.key().equals("@heartbeat")).map(ConsumerRecord::partition))
                    .contains(0, 1, 2);
        }
    }
}
