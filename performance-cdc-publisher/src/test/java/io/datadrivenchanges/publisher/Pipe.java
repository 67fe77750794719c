package io.datadrivenchanges.publisher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import io.datadrivenchanges.stack.KafkaBroker;
import io.datadrivenchanges.stack.PostgresServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.awaitility.Awaitility.await;

/// A real database, a real broker, and publishers between them. Servers are started once per JVM; each pipe has its own topic
/// and slot and an empty courier table.
final class Pipe implements AutoCloseable {
    /// Generous for a busy machine; a healthy pipe needs a fraction.
    static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Path SOURCE = Path.of("../incentives-service/src/main/resources");
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final PublisherProperties properties;
    private final List<Running> running = new ArrayList<>();

    Pipe(int partitions) {
        int number = NUMBER.incrementAndGet();
        properties = new PublisherProperties(
                new PublisherProperties.Database("127.0.0.1", Servers.POSTGRES.port(), "incentives", "perf_cdc",
                        "perf_cdc"),
                "slot_" + number, "courier_performance_pub",
                new PublisherProperties.Topic("couriers-" + number, partitions, (short) 1, true),
                Duration.ofMinutes(10), "publisher-1");
        asSuperuser("DELETE FROM courier_performance");
    }

    static PostgresServer postgres() {
        return Servers.POSTGRES;
    }

    static KafkaBroker kafka() {
        return Servers.KAFKA;
    }

    Running start() {
        return start(Resumption::decide);
    }

    /// A publisher with another idea of how to go on.
    Running start(Resumption.Decision decision) {
        return start(decision, properties);
    }

    private Running start(Resumption.Decision decision, PublisherProperties properties) {
        var status = new PublisherStatus(Clock.systemUTC());
        var registry = new SimpleMeterRegistry();
        var publisher = new Publisher(properties, address(), status, new PublisherMetrics(registry, status),
                Clock.systemUTC(), System::nanoTime, RandomGenerator.getDefault(), e -> {
                    throw new AssertionError(e);
                }, decision);
        publisher.start();
        var it = new Running(publisher, status, registry);
        running.add(it);
        return it;
    }

    /// A publisher that reaches the database through `proxy`.
    Running through(TcpProxy proxy) {
        var direct = properties.database();
        return start(Resumption::decide, new PublisherProperties(
                new PublisherProperties.Database(direct.host(), proxy.port(), direct.name(), direct.user(),
                        direct.password()),
                properties.slot(), properties.publication(), properties.topic(), properties.auditInterval(),
                "publisher-2"));
    }

    static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    static List<AlterConfigOp> setting(String name, String value) {
        return List.of(new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
    }

    /// End of the write-ahead log.
    static long written() throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (pg_current_wal_lsn() - '0/0')::bigint")) {
            row.next();
            return row.getLong(1);
        }
    }

    /// Ends every session of the publishers at once, as a network failure would.
    static void cutConnections() {
        asSuperuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'perf_cdc'");
    }

    /// Sessions of all publishers.
    static long connected() {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement
                        .executeQuery("SELECT count(*) FROM pg_stat_activity WHERE usename = 'perf_cdc'")) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    static Map<String, Object> address() {
        return Map.of("bootstrap.servers", kafka().bootstrapServers());
    }

    /// One publisher of this pipe.
    record Running(Publisher publisher, PublisherStatus status, SimpleMeterRegistry registry) {
        Running await(PublisherState state) {
            org.awaitility.Awaitility.await().atMost(LIMIT).until(() -> status.view().state() == state);
            return this;
        }

        /// Waits until something that was committed after this call has passed.
        Running awaitFresh() {
            await(PublisherState.STREAMING);
            org.awaitility.Awaitility.await().atMost(LIMIT).until(() -> {
                Duration age = status.watermarkAge();
                return age != null && age.compareTo(Duration.ofSeconds(1)) < 0;
            });
            return this;
        }

        Running awaitReason(String part) {
            org.awaitility.Awaitility.await().atMost(LIMIT).until(() -> status.view().detail().contains(part));
            return this;
        }

        double count(String meter, String tag, String value) {
            Counter counter = registry.find("cdc.publisher." + meter).tag(tag, value).counter();
            return counter == null ? 0 : counter.count();
        }

        void stop() {
            publisher.stop();
        }
    }

    /// The next version of each of these couriers, in one transaction.
    static void change(long... couriers) throws SQLException {
        try (Connection connection = connection()) {
            change(connection, couriers);
        }
    }

    static void change(Connection connection, long... couriers) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement change = connection.prepareStatement("""
                INSERT INTO courier_performance (courier_id, performance, version) VALUES (?, 'NORMAL', 1)
                ON CONFLICT (courier_id) DO UPDATE SET version = courier_performance.version + 1,
                    updated_at = clock_timestamp(),
                    performance = CASE courier_performance.performance
                        WHEN 'NORMAL' THEN 'HIGH' WHEN 'HIGH' THEN 'OUTSTANDING' ELSE 'NORMAL' END""")) {
            for (long courier : couriers) {
                change.setLong(1, courier);
                change.addBatch();
            }
            change.executeBatch();
        }
        connection.commit();
    }

    static Connection connection() throws SQLException {
        return DriverManager.getConnection(postgres().jdbcUrl("incentives") + "?user=postgres");
    }

    /// Runs a statement past the table's own rules.
    static void asSuperuser(String sql) {
        try (Connection connection = connection(); Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /// Runs a statement on the slot of a publisher that has stopped: PostgreSQL sees the end of its connection a moment later.
    void onSlot(String sql) {
        await().atMost(LIMIT).until(() -> {
            try (Connection connection = connection();
                    PreparedStatement query = connection.prepareStatement(
                            "SELECT 1 FROM pg_replication_slots WHERE slot_name = ? AND active")) {
                query.setString(1, properties.slot());
                try (ResultSet row = query.executeQuery()) {
                    return !row.next();
                }
            }
        });
        asSuperuser(sql);
    }

    /// Table as courier → version.
    static Map<Long, Long> table() throws SQLException {
        var table = new TreeMap<Long, Long>();
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT courier_id, version FROM courier_performance")) {
            while (row.next()) {
                table.put(row.getLong(1), row.getLong(2));
            }
        }
        return table;
    }

    long confirmed() throws SQLException {
        try (Connection connection = connection();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT (confirmed_flush_lsn - '0/0')::bigint FROM pg_replication_slots WHERE slot_name = ?")) {
            query.setString(1, properties.slot());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /// The whole topic as its readers see it, by partition and offset.
    List<ConsumerRecord<String, String>> read() {
        return read(properties.topic().name(), properties.topic().partitions());
    }

    /// What any topic of one partition holds under a key, in order.
    static List<String> values(String topic, String key) {
        return read(topic, 1).stream().filter(record -> record.key().equals(key)).map(ConsumerRecord::value).toList();
    }

    private static List<ConsumerRecord<String, String>> read(String topic, int count) {
        var settings = Map.<String, Object>of("bootstrap.servers", kafka().bootstrapServers(), "enable.auto.commit",
                false,
                "auto.offset.reset", "none", "group.protocol", "classic");
        var records = new ArrayList<ConsumerRecord<String, String>>();
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = Stream.iterate(0, partition -> partition + 1)
                    .limit(count).map(partition -> new TopicPartition(topic, partition)).toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
            await().atMost(LIMIT).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return end.entrySet().stream().allMatch(it -> consumer.position(it.getKey()) >= it.getValue());
            });
        }
        return records;
    }

    List<JsonNode> values(String key) {
        return read().stream().filter(record -> record.key().equals(key))
                .map(record -> JsonMapper.shared().readTree(record.value())).toList();
    }

    /// Versions of each courier in the order of the topic, newest generation only.
    Map<Long, List<Long>> versions() {
        List<JsonNode> values = read().stream().filter(record -> !record.key().startsWith("@"))
                .map(record -> JsonMapper.shared().readTree(record.value())).toList();
        long newest = values.stream().mapToLong(value -> value.required("generation").longValue()).max().orElse(0);
        var versions = new TreeMap<Long, List<Long>>();
        for (JsonNode value : values) {
            if (value.required("generation").longValue() == newest) {
                versions.computeIfAbsent(value.required("courierId").longValue(), _ -> new ArrayList<>())
                        .add(value.required("version").longValue());
            }
        }
        return versions;
    }

    /// Waits until the newest version of each courier in the topic is that of the table.
    void awaitTable() {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(300)).until(() -> {
            var newest = new TreeMap<Long, Long>();
            versions().forEach((courier, versions) -> newest.put(courier, versions.getLast()));
            return newest.equals(table());
        });
    }

    @Override
    public void close() {
        running.forEach(Running::stop);
        String slot = " FROM pg_replication_slots WHERE slot_name = '" + properties.slot() + "'";
        asSuperuser("SELECT pg_terminate_backend(active_pid, 5000)" + slot);
        asSuperuser("SELECT pg_drop_replication_slot(slot_name)" + slot);
    }

    private static final class Servers {
        static final PostgresServer POSTGRES = PostgresServer.start(folder("postgres"), 0);
        static final KafkaBroker KAFKA = KafkaBroker.start(folder("kafka"), 0);

        static {
            try {
                POSTGRES.run(Files.readString(SOURCE.resolve("database/roles.sql")));
                try (Stream<Path> migrations = Files.list(SOURCE.resolve("db/migration"))) {
                    for (Path migration : migrations.sorted().toList()) {
                        POSTGRES.run("incentives", "SET ROLE incentives_owner;\n" + Files.readString(migration));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static Path folder(String name) {
            try {
                return Files.createTempDirectory(Files.createDirectories(Path.of("target/servers")), name)
                        .toAbsolutePath();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
