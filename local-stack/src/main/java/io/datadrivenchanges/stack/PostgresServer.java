package io.datadrivenchanges.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A real PostgreSQL 18 server as a child process, on loopback, durable: `fsync` and `synchronous_commit` are on, so that its
/// latency is that of a server one would trust with money, and `wal_level` is `logical`.
///
/// It trusts everybody on loopback, so passwords do not matter. It works as an ordinary user and as root: PostgreSQL refuses to
/// run as root, hence it is then started in a user namespace of its own, where it is nobody. It ends with this JVM.
/// Methods are to be called by one thread at a time.
public final class PostgresServer extends Server {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    /// What PostgreSQL calls an immediate shutdown; a mere kill would leave its shared memory segment behind.
    private static final String QUICK_END = "QUIT";
    private static final Duration QUICK_END_LIMIT = Duration.ofSeconds(3);
    private static final int CONNECT_SECONDS = 2;

    private final Path folder;
    private final Path data;
    private final int port;

    private PostgresServer(Path folder, int port) {
        super("INT");
        this.folder = folder;
        this.data = folder.resolve("data");
        this.port = port;
    }

    /// Starts a server, on new data or on what an earlier server has left in the folder.
    ///
    /// @param folder where data and log are kept; created if missing, never deleted
    /// @param port the port, or 0 for a free one
    /// @throws StackException if it does not accept connections within 30 s
    public static PostgresServer start(Path folder, int port) {
        var postgres = new PostgresServer(Folders.create(folder), port == 0 ? Ports.free() : port);
        if (!Files.exists(postgres.data.resolve("PG_VERSION"))) {
            postgres.initialise();
        }
        postgres.launch();
        return postgres;
    }

    /// The port it listens on; the same for its whole life.
    public int port() {
        return port;
    }

    /// The address of a database, without a user in it.
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /// Runs SQL statements as superuser `postgres` in database `postgres`, each in a transaction of its own.
    ///
    /// @throws StackException at the first statement that fails
    public void run(String script) {
        run("postgres", script);
    }

    /// Runs SQL statements as superuser `postgres`, each in a transaction of its own, so that `CREATE DATABASE` works.
    ///
    /// @throws StackException at the first statement that fails
    public void run(String database, String script) {
        try (Connection connection = connect(database)) {
            for (String statement : SqlScript.statements(script)) {
                try (var sql = connection.createStatement()) {
                    sql.execute(statement);
                } catch (SQLException e) {
                    throw new StackException("Statement failed: " + statement + "\n" + e.getMessage(), e);
                }
            }
        } catch (SQLException e) {
            throw new StackException("No connection to " + jdbcUrl(database) + ": " + e.getMessage(), e);
        }
    }

    /// Ends the server quickly: nothing is saved, but what it holds of the operating system is given back. Thread-safe.
    void abandon() {
        stop(QUICK_END, QUICK_END_LIMIT);
    }

    private void initialise() {
        List<String> command = new ArrayList<>(asNobody());
        command.addAll(List.of(program("initdb"),
                "--pgdata=" + data,
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-locale",
                "--no-sync",
                "--no-instructions"));
        Child.start("PostgreSQL's initdb", command, folder, folder.resolve("initdb.log")).awaitSuccess(START_LIMIT);
    }

    @Override
    void launch() {
        List<String> command = new ArrayList<>(asNobody());
        command.addAll(List.of(program("postgres"), "-D", data.toString(), "-p", Integer.toString(port)));
        for (String setting : List.of("listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "fsync=on",
                "synchronous_commit=on",
                "wal_level=logical",
                "wal_sender_timeout=20s",
                "max_slot_wal_keep_size=512MB",
                "idle_replication_slot_timeout=0",
                "shared_buffers=64MB",
                "max_connections=100",
                // In the data folder instead of /dev/shm, where a killed server would leave it.
                "dynamic_shared_memory_type=mmap",
                "jit=off",
                "timezone=UTC",
                "log_timezone=UTC")) {
            command.add("-c");
            command.add(setting);
        }
        Child child = Child.start("PostgreSQL", command, folder, folder.resolve("postgres.log"), this::abandon);
        own(child);
        child.await("accepting connections", this::acceptsConnections, START_LIMIT);
    }

    private boolean acceptsConnections() {
        try (Connection connection = connect("postgres")) {
            return connection.isValid(CONNECT_SECONDS);
        } catch (SQLException _) {
            return false;
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                jdbcUrl(database) + "?user=postgres&connectTimeout=" + CONNECT_SECONDS
                        + "&ApplicationName=local-stack");
    }

    private static String program(String name) {
        return PostgresBinaries.folder().resolve("bin").resolve(name).toString();
    }

    private List<String> asNobody() {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of();
        }
        List<String> command = List.of("unshare", "--user");
        try {
            Child.start("The attempt to run as nobody", append(command, "true"), folder, folder.resolve("nobody.log"))
                    .awaitSuccess(START_LIMIT);
        } catch (StackException e) {
            throw new StackException("PostgreSQL does not run as root, and root may not become nobody here by '"
                    + String.join(" ", command) + "': run this as an ordinary user.", e);
        }
        return command;
    }

    private static List<String> append(List<String> command, String argument) {
        return Stream.concat(command.stream(), Stream.of(argument)).toList();
    }
}
