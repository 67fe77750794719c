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
import java.util.List;
import java.util.stream.Stream;

import io.datadrivenchanges.publisher.Pipe.Running;
import io.datadrivenchanges.stack.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Another state of the database appears behind the same address. The topic then holds what that state has never had, so the
/// publisher begins a new generation; where it cannot know, the audit does.
class RestoredDatabaseIT {
    private static final Path TEMPLATE = Pipe.folder("template");

    private final Path folder = copy(TEMPLATE);
    private PostgresServer database = PostgresServer.start(folder, 0);
    private final Pipe pipe = new Pipe(1, database);

    @BeforeAll
    static void prepare() {
        try (PostgresServer server = PostgresServer.start(TEMPLATE, 0)) {
            Pipe.prepare(server);
        }
    }

    @AfterEach
    void close() {
        pipe.close();
        database.close();
    }

    @Test
    void anotherClusterGetsAGenerationOfItsOwn() throws Exception {
        change(1, 2);
        Running running = pipe.start().awaitFresh();

        replace(Pipe.folder("other"));
        Pipe.prepare(database);
        change(2, 3);

        awaitGeneration(running, Reason.OTHER_SYSTEM);
        pipe.awaitTable();
    }

    @Test
    void aBackupGetsAGenerationOfItsOwn() throws Exception {
        change(1, 2);
        pipe.start().awaitFresh().stop();
        Path backup = backup();
        change(2, 3);
        Running running = pipe.start().awaitFresh();
        pipe.awaitTable();

        replace(backup);

        awaitGeneration(running, Reason.DATABASE_BEHIND);
        pipe.awaitTable();
        assertThat(pipe.table()).containsOnlyKeys(1L, 2L);
    }

    @Test
    void aPromotedCopyGetsAGenerationOfItsOwn() throws Exception {
        change(1, 2);
        pipe.start().awaitFresh().stop();
        Path standby = backup();
        Running running = pipe.start().awaitFresh();

        promoteAtStart(standby);
        replace(standby);
        await().atMost(Pipe.LIMIT).until(this::isPromoted);
        change(2, 3);

        awaitGeneration(running, Reason.OTHER_TIMELINE);
        pipe.awaitTable();
    }

    /// What no check can see: the log of the restored database has grown beyond the point that the topic has reached.
    @Test
    void aBackupThatWentOnByItselfIsFoundByTheAudit() throws Exception {
        change(1, 2);
        pipe.start().awaitFresh().stop();
        Path backup = backup();
        change(2, 3);
        Running before = pipe.start().awaitFresh();
        pipe.awaitTable();
        before.stop();

        replace(backup);
        for (int segment = 0; segment < 2; segment++) {
            database.run("SELECT pg_logical_emit_message(false, 'filler', 'x')");
            database.run("SELECT pg_switch_wal()");
        }
        change(1);
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

    private void change(long... couriers) throws SQLException {
        try (Connection connection = Pipe.connection(database)) {
            Pipe.change(connection, couriers);
        }
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
        Files.createFile(folder.resolve("data/recovery.signal"));
        Files.writeString(folder.resolve("data/postgresql.auto.conf"), "restore_command = 'false'\n",
                StandardOpenOption.APPEND);
    }

    private boolean isPromoted() throws SQLException {
        try (Connection connection = Pipe.connection(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT NOT pg_is_in_recovery()")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static Path copy(Path folder) {
        Path copy = Pipe.folder("copy");
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
