package io.datadrivenchanges.publisher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.datadrivenchanges.publisher.Pipe.Running;
import io.datadrivenchanges.stack.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static io.datadrivenchanges.publisher.Pipe.SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Another state of the database appears behind the same address. The topic then holds what that state has never had, so the
/// publisher begins a new generation; where it cannot know, the audit does.
class RestoredDatabaseIT {
    private static final Path TEMPLATE = Servers.folder("template");
    private static final String STANDBY = "standby";
    /// Several heartbeats, which go the way of every change.
    private static final Duration HELD_BACK = Duration.ofSeconds(3);
    /// Of a publisher that is lost with its database before it commits what it has sent.
    private static final Limits NEVER_COMMITTING = new Limits(Duration.ofHours(1), SHORT.secondLook(),
            SHORT.kafkaAnswer(), SHORT.kafkaBlock(), SHORT.kafkaDelivery(), SHORT.databaseSilence(),
            SHORT.leadSilence(), SHORT.streamSilence(), SHORT.verifyInterval(), SHORT.longestPause());

    private final Path folder = copy(TEMPLATE);
    private PostgresServer database = PostgresServer.start(folder, 0);
    private final Pipe pipe = new Pipe(1, database);

    @BeforeAll
    static void prepare() {
        try (PostgresServer server = PostgresServer.start(TEMPLATE, 0)) {
            Servers.prepare(server);
        }
    }

    @AfterEach
    void close() {
        pipe.close();
        database.close();
    }

    @Test
    void anotherClusterGetsAGenerationOfItsOwn() throws Exception {
        pipe.change(1, 2);
        Running running = pipe.start().awaitFresh();

        replace(Servers.folder("other"));
        Servers.prepare(database);
        pipe.change(2, 3);

        awaitGeneration(running, Reason.OTHER_SYSTEM);
        pipe.awaitTable();
    }

    @Test
    void aBackupGetsAGenerationOfItsOwn() throws Exception {
        pipe.change(1, 2);
        pipe.start().awaitFresh().stop();
        Path backup = backup();
        pipe.change(2, 3);
        Running running = pipe.start().awaitFresh();
        // How far the topic reaches counts once it is committed.
        await().atMost(Pipe.LIMIT).until(() -> Pipe.versions(pipe.readCommitted()).containsKey(3L));

        replace(backup);

        awaitGeneration(running, Reason.DATABASE_BEHIND);
        pipe.awaitTable();
        assertThat(pipe.table()).containsOnlyKeys(1L, 2L);
    }

    /// All that the topic has of it was sent in a transaction that Kafka never committed, and readers have seen it nevertheless.
    @Test
    void aBackupYoungerThanTheLastCommitGetsAGenerationOfItsOwn() throws Exception {
        pipe.change(1, 2);
        pipe.start().awaitFresh().stop();
        Path backup = backup();
        Running running = sendUncommitted(2, 3);

        replace(backup);

        awaitGeneration(running, Reason.DATABASE_BEHIND);
        pipe.awaitTable();
        assertThat(pipe.table()).containsOnlyKeys(1L, 2L);
    }

    @Test
    void aPromotedCopyGetsAGenerationOfItsOwn() throws Exception {
        pipe.change(1, 2);
        pipe.start().awaitFresh().stop();
        Path standby = backup();
        Running running = pipe.start().awaitFresh();

        promoteAtStart(standby);
        replace(standby);
        await().atMost(Pipe.LIMIT).until(this::isPromoted);
        pipe.change(2, 3);

        awaitGeneration(running, Reason.OTHER_TIMELINE);
        pipe.awaitTable();
    }

    /// What no check can see: the log of the restored database has grown beyond the point that the topic has reached.
    @Test
    void aBackupThatWentOnByItselfIsFoundByTheAudit() throws Exception {
        pipe.change(1, 2);
        pipe.start().awaitFresh().stop();
        Path backup = backup();
        pipe.change(2, 3);
        Running before = pipe.start().awaitFresh();
        pipe.awaitTable();
        before.stop();

        replace(backup);
        goOn();

        assertOnlyTheAuditFindsIt();
    }

    /// The same with what Kafka never committed.
    @Test
    void aBackupYoungerThanTheLastCommitThatWentOnByItselfIsFoundByTheAudit() throws Exception {
        pipe.change(1, 2);
        pipe.start().awaitFresh().stop();
        Path backup = backup();
        Running before = sendUncommitted(2, 3);
        database.kill();
        before.await(PublisherState.BACKOFF).stop();

        replace(backup);
        goOn();

        assertOnlyTheAuditFindsIt();
    }

    /// Failover as PostgreSQL means it: the standby keeps the publisher's slot, too, and the primary sends no change that the
    /// standby has not got.
    @Test
    void aStandbyThatTakesOverGetsAGenerationOfItsOwnAndLacksNothingThatWasPublished() throws Exception {
        Path copy = backup();
        pipe.change(1, 2);
        Running running = pipe.start().awaitFresh();
        follow(copy);
        PostgresServer standby = PostgresServer.start(copy, 0);
        await().atMost(Pipe.LIMIT).until(() -> keepsSlot(standby));
        database.run("ALTER SYSTEM SET synchronized_standby_slots = '" + STANDBY + "'");
        database.run("SELECT pg_reload_conf()");
        pipe.change(2, 3);
        pipe.awaitTable();

        standby.kill();
        pipe.change(1);
        await().atMost(Pipe.LIMIT).until(() -> hasNotHeardFor(running, HELD_BACK));
        replace(copy);
        database.run("SELECT pg_promote()");

        awaitGeneration(running, Reason.OTHER_TIMELINE);
        pipe.awaitTable();
        assertThat(pipe.table()).as("what the dead primary alone had is lost with it")
                .isEqualTo(Map.of(1L, 1L, 2L, 2L, 3L, 1L));
        assertThat(pipe.values("1")).as("nobody has read it").extracting(it -> it.required("version").longValue())
                .containsOnly(1L);
    }

    /// Changes couriers, which all readers see but those of committed records.
    private Running sendUncommitted(long... couriers) throws SQLException {
        Running running = pipe.start(NEVER_COMMITTING).awaitFresh();
        pipe.change(couriers);
        pipe.awaitTable();
        return running;
    }

    /// Lets the log of the database grow beyond every point that the topic has reached.
    private void goOn() throws SQLException {
        for (int segment = 0; segment < 2; segment++) {
            database.run("SELECT pg_logical_emit_message(false, 'filler', 'x')");
            database.run("SELECT pg_switch_wal()");
        }
        pipe.change(1);
    }

    private void assertOnlyTheAuditFindsIt() {
        Running running = pipe.start().awaitFresh();
        assertThat(running.count("starts", "reason", "continue")).isEqualTo(1);

        await().atMost(Pipe.LIMIT)
                .until(() -> running.publisher().audit().filter(audit -> audit.ahead() == 2).isPresent());
        awaitGeneration(running, Reason.AUDIT);
        pipe.awaitTable();
    }

    private void awaitGeneration(Running running, Reason reason) {
        await().atMost(Pipe.LIMIT).until(() -> running.count("generations", "reason", reason.tag()) == 1);
        running.awaitFresh();
    }

    /// A copy of the data as of now.
    private Path backup() {
        int port = database.port();
        database.stop();
        Path backup = copy(folder);
        database = PostgresServer.start(folder, port);
        return backup;
    }

    /// Ends the database and starts another one at its address.
    private void replace(Path folder) {
        int port = database.port();
        database.kill();
        database = PostgresServer.start(folder, port);
    }

    /// Makes a copy end its recovery on a timeline of its own, as a standby does that takes over.
    private static void promoteAtStart(Path folder) throws IOException {
        recover(folder, "recovery.signal", "restore_command = 'false'\n");
    }

    /// Makes a copy a hot standby of the database.
    private void follow(Path folder) throws IOException {
        database.run("SELECT pg_create_physical_replication_slot('" + STANDBY + "', true)");
        recover(folder, "standby.signal", """
                primary_conninfo = 'host=127.0.0.1 port=%d user=postgres dbname=incentives'
                primary_slot_name = '%s'
                hot_standby_feedback = on
                sync_replication_slots = on
                """.formatted(database.port(), STANDBY));
    }

    private static void recover(Path folder, String signal, String settings) throws IOException {
        Files.createFile(folder.resolve("data").resolve(signal));
        Files.writeString(folder.resolve("data/postgresql.auto.conf"), settings, StandardOpenOption.APPEND);
    }

    /// Whether the standby could go on with the publisher's slot. It can once the primary's slot has moved past what the
    /// standby began with, which the record written here helps.
    private boolean keepsSlot(PostgresServer standby) throws SQLException {
        database.run("SELECT pg_log_standby_snapshot()");
        return answers(standby, "SELECT count(*) = 1 FROM pg_replication_slots WHERE slot_name = '"
                + pipe.properties.slot() + "' AND synced AND NOT temporary AND invalidation_reason IS NULL");
    }

    private boolean isPromoted() throws SQLException {
        return answers(database, "SELECT NOT pg_is_in_recovery()");
    }

    private static boolean answers(PostgresServer database, String question) throws SQLException {
        try (Connection connection = Pipe.connection(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static boolean hasNotHeardFor(Running running, Duration time) {
        Duration age = running.status().watermarkAge();
        return age != null && age.compareTo(time) >= 0;
    }

    private static Path copy(Path folder) {
        Path copy = Servers.folder("copy");
        try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
            List<Path> outermostFirst = files.toList();
            for (Path file : outermostFirst) {
                Files.copy(file, copy.resolve(folder.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
    }
}
