package io.datadrivenchanges.e2e;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

import io.datadrivenchanges.stack.CompilerTiers;
import io.datadrivenchanges.stack.JavaProgram;
import io.datadrivenchanges.stack.KafkaBroker;
import io.datadrivenchanges.stack.PostgresServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.connect.cli.ConnectStandalone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static io.datadrivenchanges.e2e.Limits.HEALED;
import static io.datadrivenchanges.e2e.Limits.START;
import static io.datadrivenchanges.e2e.Limits.VISIBLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// The pipeline with Kafka Connect in the publisher's place: a real worker with Debezium's connector, our plugin and the
/// settings file of the repository; the cache is the same and does not notice.
class ConnectIT {
    private static final Path SOURCE = Path.of("../incentives-service/src/main/resources");
    private static final Path SETTINGS = Path
            .of("../performance-cdc-publisher/src/main/connect/courier-performance.properties");
    private static final List<Long> COURIERS = LongStream.rangeClosed(1, 20).boxed().toList();
    private static final long GENERATION = 1;
    private static final String HEAP = "256m";

    @TempDir
    private Path folder;

    @Test
    void feedsTheUnchangedCacheFromAWorkerOfKafkaConnect() throws Exception {
        try (var postgres = PostgresServer.start(Files.createDirectory(folder.resolve("postgres")), 0);
                var kafka = KafkaBroker.start(Files.createDirectory(folder.resolve("kafka")), 0)) {
            postgres.run(Files.readString(SOURCE.resolve("database/roles.sql")));
            postgres.run("incentives", "SET ROLE incentives_owner;\n"
                    + Files.readString(SOURCE.resolve("db/migration/V1__courier_performance.sql")));
            var table = new CourierTable(postgres.jdbcUrl("incentives"));
            table.create(COURIERS);
            createTopic(kafka.bootstrapServers());
            var topic = new Topic(kafka.bootstrapServers());
            topic.mark(GENERATION, "BUILDING", 0);
            List<String> files = List.of(workerSettings(kafka.bootstrapServers()), connectorSettings(postgres.port()));

            try (var reader = WatchedCache.start(kafka.bootstrapServers(), 1, COURIERS)) {
                try (var worker = JavaProgram.start(ConnectStandalone.class, HEAP, CompilerTiers.FIRST, files,
                        folder)) {
                    await("the snapshot is through").atMost(START).until(() -> {
                        assertThat(worker.process().isAlive()).as(worker::output).isTrue();
                        return topic.has("@heartbeat");
                    });
                    topic.mark(GENERATION, "COMPLETE", COURIERS.size());
                    reader.awaitVersions("the snapshot", table.versions(), VISIBLE);

                    COURIERS.forEach(table::change);
                    reader.awaitVersions("the changes", table.versions(), VISIBLE);
                }
                COURIERS.forEach(table::change);

                try (var _ = JavaProgram.start(ConnectStandalone.class, HEAP, CompilerTiers.FIRST, files, folder)) {
                    reader.awaitVersions("what changed while no worker ran", table.versions(), HEALED);
                }
                reader.assertFaultless();
            }
        }
    }

    private static void createTopic(String kafka) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
            admin.createTopics(List.of(new NewTopic("courier-performance", 1, (short) 1)
                    .configs(Map.of("cleanup.policy", "compact")))).all().get(START.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private String workerSettings(String kafka) throws IOException {
        var settings = new Properties();
        settings.setProperty("bootstrap.servers", kafka);
        settings.setProperty("listeners", "http://127.0.0.1:0");
        settings.setProperty("key.converter", "org.apache.kafka.connect.storage.StringConverter");
        settings.setProperty("value.converter", "org.apache.kafka.connect.storage.StringConverter");
        settings.setProperty("offset.storage.file.filename", folder.resolve("offsets").toString());
        settings.setProperty("offset.flush.interval.ms", Long.toString(Duration.ofSeconds(1).toMillis()));
        settings.setProperty("plugin.discovery", "service_load");
        return write("worker.properties", settings);
    }

    /// The repository's settings at this test's addresses.
    private String connectorSettings(int postgresPort) throws IOException {
        var settings = new Properties();
        try (Reader reader = Files.newBufferedReader(SETTINGS)) {
            settings.load(reader);
        }
        settings.setProperty("database.port", Integer.toString(postgresPort));
        settings.setProperty("transforms.shape.generation", Long.toString(GENERATION));
        return write("connector.properties", settings);
    }

    private String write(String name, Properties settings) throws IOException {
        Path file = folder.resolve(name);
        try (Writer writer = Files.newBufferedWriter(file)) {
            settings.store(writer, null);
        }
        return file.toString();
    }
}
