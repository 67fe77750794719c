package io.datadrivenchanges.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A real Kafka broker as a child JVM: one KRaft node, broker and controller in one, on loopback.
///
/// It needs `kafka_2.13` on the class path of this JVM. Topics are not created by using them. It ends with this JVM.
/// Methods are to be called by one thread at a time.
public final class KafkaBroker extends Server {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final int NODE = 1;
    private static final int NO_DETOUR = 0;
    private static final String STARTED = "Kafka Server started";

    private final Path folder;
    private final int port;
    private final int controllerPort;
    private final int detourPort = Ports.free();
    private final int detourAdvertised;
    private final CompilerTiers tiers;

    private KafkaBroker(Path folder, int port, int detourAdvertised, CompilerTiers tiers) {
        super("TERM");
        this.folder = folder;
        this.port = port;
        this.controllerPort = Ports.free();
        this.detourAdvertised = detourAdvertised;
        this.tiers = tiers;
    }

    /// Starts a broker, on new data or on what an earlier broker has left in the folder.
    ///
    /// @param folder where data, settings and log are kept; created if missing, never deleted
    /// @param port the port, or 0 for a free one
    /// @throws StackException if it is not serving within 60 s
    public static KafkaBroker start(Path folder, int port) {
        return start(folder, port, NO_DETOUR, CompilerTiers.FIRST);
    }

    /// Starts a broker that some clients reach by a detour, such as a proxy that can hold up their bytes: whoever comes in at
    /// [#detourPort] is told to connect to another port for everything else.
    ///
    /// @param detourAdvertised that other port, where the detour begins
    /// @throws StackException if it is not serving within 60 s
    public static KafkaBroker start(Path folder, int port, int detourAdvertised) {
        return start(folder, port, detourAdvertised, CompilerTiers.FIRST);
    }

    /// Starts a broker whose code is compiled this far.
    static KafkaBroker start(Path folder, int port, CompilerTiers tiers) {
        return start(folder, port, NO_DETOUR, tiers);
    }

    private static KafkaBroker start(Path folder, int port, int detourAdvertised, CompilerTiers tiers) {
        var broker = new KafkaBroker(Folders.create(folder), port == 0 ? Ports.free() : port, detourAdvertised, tiers);
        broker.launch();
        return broker;
    }

    /// The address for clients; the same for its whole life.
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /// Where a detour to this broker has to end, if it was started with one.
    public int detourPort() {
        return detourPort;
    }

    @Override
    void launch() {
        write();
        List<String> command = new ArrayList<>(List.of(FastStart.java()));
        command.addAll(JavaProgram.heap("256m"));
        command.addAll(JavaProgram.FLAGS);
        command.add(tiers.flag());
        command.addAll(List.of("-Dlogback.configurationFile=" + folder.resolve("logback.xml"),
                "-cp",
                JavaProgram.classPath(),
                "kafka.Kafka",
                folder.resolve("server.properties").toString()));
        Child child = Child.start("Kafka", command, folder, folder.resolve("kafka.log"));
        own(child);
        child.await("serving", () -> child.output().contains(STARTED), START_LIMIT);
    }

    private void write() {
        try {
            Files.writeString(folder.resolve("server.properties"), settings());
            Files.writeString(folder.resolve("logback.xml"), LOGGING);
            Path meta = Files.createDirectories(folder.resolve("data")).resolve("meta.properties");
            if (!Files.exists(meta)) {
                // What `kafka-storage format` writes for a quorum that is fixed by its settings; it takes a JVM start less.
                Files.writeString(meta, "version=1\ncluster.id=data-driven-changes-00\nnode.id=" + NODE + "\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String settings() {
        return """
                process.roles=broker,controller
                node.id=%1$d
                controller.quorum.voters=%1$d@127.0.0.1:%3$d
                listeners=CLIENTS://127.0.0.1:%2$d,CONTROLLER://127.0.0.1:%3$d%5$s
                advertised.listeners=CLIENTS://127.0.0.1:%2$d%6$s
                listener.security.protocol.map=CLIENTS:PLAINTEXT,DETOUR:PLAINTEXT,CONTROLLER:PLAINTEXT
                inter.broker.listener.name=CLIENTS
                controller.listener.names=CONTROLLER
                log.dirs=%4$s
                auto.create.topics.enable=false
                num.partitions=1
                default.replication.factor=1
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                transaction.state.log.num.partitions=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                add.partitions.to.txn.retry.backoff.ms=1
                group.initial.rebalance.delay.ms=0
                log.cleaner.dedupe.buffer.size=8388608
                # A killed broker is taken back once its session is over: by default after 9 s.
                broker.session.timeout.ms=3000
                broker.heartbeat.interval.ms=500
                num.network.threads=2
                num.io.threads=4
                """.formatted(NODE, port, controllerPort, folder.resolve("data"), detour(detourPort),
                detour(detourAdvertised));
    }

    private String detour(int at) {
        return detourAdvertised == NO_DETOUR ? "" : ",DETOUR://127.0.0.1:" + at;
    }

    private static final String LOGGING = """
            <configuration>
                <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%d %-5level %logger: %msg%n</pattern></encoder>
                </appender>
                <logger name="kafka.server.KafkaRaftServer" level="INFO"/>
                <root level="WARN"><appender-ref ref="console"/></root>
            </configuration>
            """;
}
