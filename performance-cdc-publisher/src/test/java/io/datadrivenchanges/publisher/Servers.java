package io.datadrivenchanges.publisher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Stream;

import io.datadrivenchanges.stack.Folders;
import io.datadrivenchanges.stack.KafkaBroker;
import io.datadrivenchanges.stack.PostgresServer;

/// A database that is the source, and a broker: one test has them at a time and may do to them whatever it likes, provided that
/// they run when it gives them back. Started when all others are taken, ended with the JVM.
final class Servers {
    private static final Path SOURCE = Path.of("../incentives-service/src/main/resources");
    private static final Deque<Servers> FREE = new ArrayDeque<>();

    final PostgresServer postgres = PostgresServer.start(folder("postgres"), 0);
    /// The way into Kafka that can be held up.
    final TcpProxy kafkaProxy = new TcpProxy(this::detour);
    private final Path kafkaFolder = folder("kafka");
    final KafkaBroker kafka = KafkaBroker.start(kafkaFolder, 0, kafkaProxy.port());

    private Servers() {
        prepare(postgres);
    }

    static Servers take() {
        synchronized (FREE) {
            Servers free = FREE.poll();
            if (free != null) {
                return free;
            }
        }
        return new Servers();
    }

    void giveBack() {
        synchronized (FREE) {
            FREE.push(this);
        }
    }

    /// Stops the broker, takes all its data away, and starts it again at the same address.
    void wipeKafka() {
        kafka.kill();
        Folders.delete(kafkaFolder.resolve("data"));
        kafka.restart();
    }

    private int detour() {
        return kafka.detourPort();
    }

    /// A new folder for a server, kept after the tests.
    static Path folder(String name) {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target/servers")), name).toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes a new server the source: Incentives' own roles and migrations.
    static void prepare(PostgresServer database) {
        try {
            database.run(Files.readString(SOURCE.resolve("database/roles.sql")));
            try (Stream<Path> migrations = Files.list(SOURCE.resolve("db/migration"))) {
                for (Path migration : migrations.sorted().toList()) {
                    database.run("incentives", "SET ROLE incentives_owner;\n" + Files.readString(migration));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
