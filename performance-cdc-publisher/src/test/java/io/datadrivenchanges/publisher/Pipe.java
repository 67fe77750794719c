package io.datadrivenchanges.publisher;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.awaitility.Awaitility.await;

/// A real database, a real broker, and publishers between them. Each pipe has the servers for itself until it is closed, its own
/// topic and slot, and an empty courier table.
final class Pipe implements AutoCloseable {
    /// Generous for a busy machine; a healthy pipe needs a fraction.
    static final Duration LIMIT = Duration.ofSeconds(90);
    /// Shorter than [Limits#STANDARD] where a test has to wait for the limit.
    static final Limits SHORT = new Limits(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(2),
            Duration.ofSeconds(6),
            Limits.STANDARD.kafkaDelivery(), Duration.ofSeconds(3), Duration.ofSeconds(4),
            Limits.STANDARD.streamSilence(), Limits.STANDARD.verifyInterval(), Duration.ofSeconds(1));
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final PublisherProperties properties;
    private final Servers servers;
    private final PostgresServer database;
    private final List<Running> running = new ArrayList<>();

    Pipe(int partitions) {
        this(partitions, Servers.take());
    }

    /// A pipe from a database of its own.
    Pipe(int partitions, PostgresServer database) {
        this(partitions, Servers.take(), database);
    }

    private Pipe(int partitions, Servers servers) {
        this(partitions, servers, servers.postgres);
    }

    private Pipe(int partitions, Servers servers, PostgresServer database) {
        this.servers = servers;
        this.database = database;
        int number = NUMBER.incrementAndGet();
        properties = new PublisherProperties(
                new PublisherProperties.Database("127.0.0.1", database.port(), "incentives", "perf_cdc", "perf_cdc"),
                "slot_" + number, "courier_performance_pub",
                new PublisherProperties.Topic("couriers-" + number, partitions, (short) 1, true),
                Duration.ofMinutes(10), "publisher-1");
        asSuperuser("DELETE FROM courier_performance");
    }

    PostgresServer postgres() {
        return database;
    }

    KafkaBroker kafka() {
        return servers.kafka;
    }

    void wipeKafka() {
        servers.wipeKafka();
    }

    /// The way into Kafka that can be held up, of whoever was given [#heldAddress].
    TcpProxy kafkaProxy() {
        return servers.kafkaProxy;
    }

    Running start() {
        return start(SHORT);
    }

    Running start(Limits limits) {
        return start(limits, properties, address(), Resumption::decide);
    }

    /// A publisher with another idea of how to go on.
    Running start(Resumption.Decision decision) {
        return start(SHORT, properties, address(), decision);
    }

    /// A publisher with another way to Kafka.
    Running start(Limits limits, Map<String, Object> kafka) {
        return start(limits, properties, kafka, Resumption::decide);
    }

    /// A publisher that reaches the database through `proxy`.
    Running through(TcpProxy proxy) {
        return through(proxy, SHORT, address());
    }

    Running through(TcpProxy proxy, Limits limits, Map<String, Object> kafka) {
        var direct = properties.database();
        return start(limits, new PublisherProperties(
                new PublisherProperties.Database(direct.host(), proxy.port(), direct.name(), direct.user(),
                        direct.password()),
                properties.slot(), properties.publication(), properties.topic(), properties.auditInterval(),
                "publisher-2"), kafka, Resumption::decide);
    }

    private Running start(Limits limits, PublisherProperties properties, Map<String, Object> kafka,
            Resumption.Decision decision) {
        var status = new PublisherStatus(Clock.systemUTC());
        var registry = new SimpleMeterRegistry();
        var publisher = new Publisher(properties, kafka, status, new PublisherMetrics(registry, status),
                Clock.systemUTC(), System::nanoTime, RandomGenerator.getDefault(), e -> {
                    throw new AssertionError(e);
                }, limits, decision);
        publisher.start();
        var it = new Running(publisher, status, registry);
        running.add(it);
        return it;
    }

    /// Sets what a topic, or the brokers, are told to do.
    void alter(ConfigResource what, Map<String, String> settings) throws Exception {
        try (Admin admin = Admin.create(address())) {
            List<AlterConfigOp> changes = settings.entrySet().stream()
                    .map(it -> new AlterConfigOp(new ConfigEntry(it.getKey(), it.getValue()), AlterConfigOp.OpType.SET))
                    .toList();
            admin.incrementalAlterConfigs(Map.of(what, changes)).all().get();
        }
    }

    static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    /// Makes the broker compact a topic of one partition now, and returns when it has one record of the key. No publisher may run
    /// that checks the topic's settings.
    ///
    /// @return the value of that record, which is what a reader finds that starts from scratch
    String compacted(String topic, String key) throws Exception {
        alter(new ConfigResource(ConfigResource.Type.BROKER, ""), Map.of("log.cleaner.backoff.ms", "300"));
        alter(resource(topic), Map.of("segment.ms", "100", "min.cleanable.dirty.ratio", "0", "min.compaction.lag.ms",
                "0", "max.compaction.lag.ms", "1000"));
        Map<String, Object> settings = new HashMap<>(address());
        try (var roll = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            await().atMost(LIMIT).pollInterval(Duration.ofMillis(300)).until(() -> {
                // A segment is closed by the record behind it.
                roll.send(new ProducerRecord<>(topic, "@roll", "")).get();
                return values(topic, key).size() == 1;
            });
        }
        return values(topic, key).getFirst();
    }

    /// End of the write-ahead log.
    long written() throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (pg_current_wal_lsn() - '0/0')::bigint")) {
            row.next();
            return row.getLong(1);
        }
    }

    /// Ends every session of the publishers at once, as a network failure would.
    void cutConnections() {
        asSuperuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'perf_cdc'");
    }

    /// Sessions of all publishers.
    long connected() {
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

    Map<String, Object> address() {
        return Map.of("bootstrap.servers", kafka().bootstrapServers());
    }

    /// The same broker behind [#kafkaProxy].
    Map<String, Object> heldAddress() {
        return Map.of("bootstrap.servers", "127.0.0.1:" + kafkaProxy().port());
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
    void change(long... couriers) throws SQLException {
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

    Connection connection() throws SQLException {
        return connection(database);
    }

    static Connection connection(PostgresServer database) throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl("incentives") + "?user=postgres");
    }

    /// Runs a statement past the table's own rules.
    void asSuperuser(String sql) {
        try (Connection connection = connection(); Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /// Runs a statement on the slot of a publisher that has stopped: PostgreSQL sees the end of its connection a moment later.
    void onSlot(String sql) {
        await().atMost(LIMIT).until(() -> !streams());
        asSuperuser(sql);
    }

    /// Table as courier → version.
    Map<Long, Long> table() throws SQLException {
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

    /// Up to where the publisher has confirmed the slot.
    long confirmed() throws SQLException {
        return position("confirmed_flush_lsn");
    }

    /// From where on the server keeps its log for the slot.
    long kept() throws SQLException {
        return position("restart_lsn");
    }

    private long position(String column) throws SQLException {
        try (Connection connection = connection();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT (" + column + " - '0/0')::bigint FROM pg_replication_slots WHERE slot_name = ?")) {
            query.setString(1, properties.slot());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /// Whether a publisher streams from the slot.
    boolean streams() throws SQLException {
        return sender() != 0;
    }

    /// The process of the server that sends what is written to the slot's log; 0 if there is none.
    long sender() throws SQLException {
        try (Connection connection = connection();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT active_pid FROM pg_replication_slots WHERE slot_name = ?")) {
            query.setString(1, properties.slot());
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    /// The whole topic as its readers see it, by partition and offset.
    List<ConsumerRecord<String, String>> read() {
        return read("read_uncommitted");
    }

    /// What readers of committed records alone see.
    List<ConsumerRecord<String, String>> readCommitted() {
        return read("read_committed");
    }

    private List<ConsumerRecord<String, String>> read(String isolation) {
        return read(properties.topic().name(), properties.topic().partitions(), isolation);
    }

    /// What any topic of one partition holds under a key, in order.
    List<String> values(String topic, String key) {
        return read(topic, 1, "read_uncommitted").stream().filter(record -> record.key().equals(key))
                .map(ConsumerRecord::value).toList();
    }

    private List<ConsumerRecord<String, String>> read(String topic, int count, String isolation) {
        var settings = Map.<String, Object>of("bootstrap.servers", kafka().bootstrapServers(), "enable.auto.commit",
                false,
                "auto.offset.reset", "none", "group.protocol", "classic", "isolation.level", isolation);
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
        return versions(read());
    }

    static Map<Long, List<Long>> versions(List<ConsumerRecord<String, String>> records) {
        var versions = new TreeMap<Long, List<Long>>();
        long newest = 0;
        for (ConsumerRecord<String, String> record : records) {
            if (record.key().startsWith("@")) {
                continue;
            }
            JsonNode value = JsonMapper.shared().readTree(record.value());
            long generation = value.required("generation").longValue();
            if (generation > newest) {
                newest = generation;
                versions.clear();
            }
            if (generation == newest) {
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
        try {
            running.forEach(Running::stop);
            String slot = " FROM pg_replication_slots WHERE slot_name = '" + properties.slot() + "'";
            asSuperuser("SELECT pg_terminate_backend(active_pid, 5000)" + slot);
            asSuperuser("SELECT pg_drop_replication_slot(slot_name)" + slot);
        } finally {
            servers.giveBack();
        }
    }
}
