package io.datadrivenchanges.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/// The whole system on this machine: PostgreSQL, Kafka and the three services, each a process of its own.
///
/// It lives in one folder that is deleted in the end, and ends with this JVM at the latest, by force: there is nothing to save.
/// Methods that start or end parts are to be called by one thread at a time; [#close] by any.
public final class LocalStack implements AutoCloseable {
    private static final Pattern CACHE_READY = Pattern
            .compile("(?m)^performance_cache_state\\{(.*,)?state=\"ready\".*} 1\\.0");
    private static final Duration CACHE_LIMIT = Duration.ofMinutes(1);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(1);

    private final Path folder;
    private final Map<Part, Integer> ports;
    private final Consumer<String> says;
    private final long startNanos = System.nanoTime();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_LIMIT)
            .build();
    private final Map<Part, Service> services = new EnumMap<>(Part.class);
    private final List<Service> others = new CopyOnWriteArrayList<>();
    private final Thread hook = new Thread(this::end, "end-stack");
    private volatile @Nullable PostgresServer postgres;
    private volatile @Nullable KafkaBroker kafka;
    private volatile boolean closed;

    private LocalStack(Builder builder) {
        Leftovers.ofThisJvm().sweep();
        this.ports = new EnumMap<>(builder.ports);
        this.says = builder.says;
        try {
            this.folder = Files.createTempDirectory("data-driven-changes-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Leftovers.ofThisJvm().add(folder);
        Runtime.getRuntime().addShutdownHook(hook);
        ports.putAll(Ports.free(Stream.of(Part.values()).filter(part -> ports.getOrDefault(part, 0) == 0).toList()));
    }

    /// Prepares a stack that uses free ports and says nothing.
    ///
    /// @param repository root of the project, with the services built
    public static Builder of(Path repository) {
        return new Builder(repository);
    }

    /// Makes the starts of the services fast, at the price of one start of each; does nothing if that is done for their jars.
    ///
    /// A failure is said, and is no reason not to start: it takes longer, that is all.
    ///
    /// @param repository root of the project, with the services built
    /// @param says is told what is done, one line each
    public static void prepare(Path repository, Consumer<String> says) {
        Path root = repository.toAbsolutePath().normalize();
        List<FastStart> missing = Stream.of(Part.values())
                .filter(Part::isService)
                .map(part -> new FastStart(part.title(), Service.jar(root, part)))
                .filter(fast -> !fast.prepared())
                .toList();
        if (!missing.isEmpty()) {
            says.accept("Preparing fast starts of the services, once after each build…");
        }
        try {
            missing.forEach(FastStart::prepare);
        } catch (StackException e) {
            says.accept("The services start slower than they could. " + e.getMessage());
        }
    }

    /// Ends what stacks of killed JVMs have left running, so that their ports are free; else the first start does it.
    static void endLeftovers() {
        Leftovers.ofThisJvm().sweep();
    }

    /// How a stack is to be started. Not thread-safe.
    public static final class Builder {
        private final Path repository;
        private final Map<Part, Integer> ports = new EnumMap<>(Part.class);
        private final Map<Part, Map<String, String>> settings = new EnumMap<>(Part.class);
        private Consumer<String> says = _ -> {};
        private CompilerTiers tiers = CompilerTiers.FIRST;

        private Builder(Path repository) {
            this.repository = repository.toAbsolutePath().normalize();
        }

        /// Sets the port of a part; 0, the default, means a free one.
        public Builder port(Part part, int port) {
            ports.put(part, port);
            return this;
        }

        /// Sets a Spring Boot property of a service, above what the stack sets itself.
        public Builder set(Part service, String name, String value) {
            settings.computeIfAbsent(service, _ -> new LinkedHashMap<>()).put(name, value);
            return this;
        }

        /// Sets who is told when a part is ready, one line each; called from several threads.
        public Builder says(Consumer<String> says) {
            this.says = says;
            return this;
        }

        /// Sets how far the broker and the services are compiled; the first tier unless set.
        public Builder compilerTiers(CompilerTiers tiers) {
            this.tiers = tiers;
            return this;
        }

        /// Starts everything and waits until every part is ready.
        ///
        /// @throws StackException with one sentence, after which nothing is left running
        public LocalStack start() {
            var stack = new LocalStack(this);
            try {
                stack.startAll(this);
                return stack;
            } catch (RuntimeException e) {
                stack.close();
                throw e;
            }
        }
    }

    /// Where payments-service listens, without a path.
    public URI payments() {
        return service(Part.PAYMENTS).uri();
    }

    /// Where incentives-service listens, without a path.
    public URI incentives() {
        return service(Part.INCENTIVES).uri();
    }

    /// Where the publisher shows its health and metrics, without a path.
    public URI publisher() {
        return service(Part.PUBLISHER).uri();
    }

    /// Kafka's bootstrap servers.
    public String kafka() {
        return kafkaBroker().bootstrapServers();
    }

    /// The database server.
    public PostgresServer postgres() {
        PostgresServer server = postgres;
        if (server == null) {
            throw new IllegalStateException("PostgreSQL is not started");
        }
        return server;
    }

    /// What a service has written since the stack was started, across its restarts, oldest line first.
    public List<String> log(Part service) {
        try {
            Path log = logFile(service);
            return Files.exists(log) ? Files.readAllLines(log) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether a part's process is there.
    public boolean running(Part part) {
        return switch (part) {
            case POSTGRES -> postgres().running();
            case KAFKA -> kafkaBroker().running();
            case INCENTIVES, PUBLISHER, PAYMENTS -> service(part).running();
        };
    }

    /// Ends a part as a power failure would, and returns when it is gone.
    public void kill(Part part) {
        switch (part) {
            case POSTGRES -> postgres().kill();
            case KAFKA -> kafkaBroker().kill();
            case INCENTIVES, PUBLISHER, PAYMENTS -> service(part).kill();
        }
    }

    /// Ends a part as an operator would, and returns when it is gone.
    public void stop(Part part) {
        switch (part) {
            case POSTGRES -> postgres().stop();
            case KAFKA -> kafkaBroker().stop();
            case INCENTIVES, PUBLISHER, PAYMENTS -> service(part).stop();
        }
    }

    /// Starts a part that was ended, on the data it left, and returns when it is ready; does nothing for one that runs.
    ///
    /// @throws StackException if it does not become ready
    public void start(Part part) {
        if (part.isService()) {
            start(part, Map.of());
        } else if (!running(part)) {
            switch (part) {
                case POSTGRES -> postgres().restart();
                default -> kafkaBroker().restart();
            }
        }
    }

    /// Starts a service that was ended, with settings for this start only; does nothing for one that runs.
    ///
    /// @throws StackException if it does not become ready
    public void start(Part part, Map<String, String> settings) {
        Service service = service(part);
        if (!service.running()) {
            service.start(settings);
        }
    }

    /// Stops every process of a running part where it is (SIGSTOP): it keeps its connections and does not notice.
    public void freeze(Part part) {
        child(part).freeze();
    }

    /// Lets a frozen part go on.
    public void thaw(Part part) {
        child(part).thaw();
    }

    /// The process of a part that was started; that of PostgreSQL has descendants.
    public ProcessHandle process(Part part) {
        return child(part).process();
    }

    /// Where the stack keeps what it writes; deleted in the end, with all that others have put there.
    public Path folder() {
        return folder;
    }

    /// Starts another instance of a service beside those there are, with the same settings on a free port, and returns when it
    /// is ready. It runs until the stack is closed.
    ///
    /// @return where it listens, without a path
    /// @throws StackException if it does not become ready
    public URI startAnother(Part part) {
        Service other = service(part).another(others.size() + 2, Ports.free());
        others.add(other);
        other.start(Map.of());
        return other.uri();
    }

    /// Waits until the cache inside Payments has caught up with the topic and answers.
    ///
    /// @throws StackException if it does not within 60 s
    public void awaitCache() {
        service(Part.PAYMENTS).await("able to answer from its cache", "/actuator/prometheus", CACHE_READY, CACHE_LIMIT);
        says(Part.PAYMENTS.title() + " has filled its cache");
    }

    /// Whether the stack is ended or being ended.
    public boolean closed() {
        return closed;
    }

    /// Ends every part by force and deletes the folder; a second call does nothing.
    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The JVM is ending, and the hook has run or waits for this call.
        }
    }

    Path logFile(Part service) {
        return service(service).log();
    }

    private synchronized void end() {
        if (closed) {
            return;
        }
        closed = true;
        services.values().forEach(Service::kill);
        others.forEach(Service::kill);
        if (kafka != null) {
            kafka.kill();
        }
        if (postgres != null) {
            postgres.abandon();
        }
        http.shutdownNow();
        Folders.delete(folder);
        Leftovers.ofThisJvm().remove(folder);
    }

    private void startAll(Builder builder) {
        services.put(Part.INCENTIVES, service(builder, Part.INCENTIVES, "96m", Map.of(
                "spring.datasource.url", jdbcUrl("incentives"))));
        services.put(Part.PUBLISHER, service(builder, Part.PUBLISHER, "128m", Map.of(
                "performance.publisher.database.host", "127.0.0.1",
                "performance.publisher.database.port", Integer.toString(port(Part.POSTGRES)),
                "spring.kafka.bootstrap-servers", "127.0.0.1:" + port(Part.KAFKA))));
        services.put(Part.PAYMENTS, service(builder, Part.PAYMENTS, "160m", Map.of(
                "spring.datasource.url", jdbcUrl("payments"),
                "spring.kafka.bootstrap-servers", "127.0.0.1:" + port(Part.KAFKA),
                "payments.incentives.base-url", "http://127.0.0.1:" + port(Part.INCENTIVES))));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var database = CompletableFuture.runAsync(this::startPostgres, threads);
            var broker = CompletableFuture.runAsync(() -> startKafka(builder.tiers), threads);
            // The services wait for what they need: the order only spares them vain attempts.
            CompletableFuture.allOf(broker,
                    database.thenRunAsync(() -> startService(Part.INCENTIVES), threads),
                    database.thenRunAsync(() -> startService(Part.PUBLISHER), threads),
                    database.thenRunAsync(() -> startService(Part.PAYMENTS), threads)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private void startPostgres() {
        var started = PostgresServer.start(folder.resolve("postgres"), port(Part.POSTGRES));
        postgres = started;
        services.values().forEach(service -> service.roles().ifPresent(started::run));
        ready(Part.POSTGRES);
    }

    private void startKafka(CompilerTiers tiers) {
        kafka = KafkaBroker.start(folder.resolve("kafka"), port(Part.KAFKA), tiers);
        ready(Part.KAFKA);
    }

    private void startService(Part part) {
        service(part).start(Map.of());
        ready(part);
    }

    private void ready(Part part) {
        says(part.title() + " is ready on port " + port(part));
    }

    private void says(String line) {
        says.accept(String.format(Locale.ROOT, "%5.1f s  %s", (System.nanoTime() - startNanos) / 1e9, line));
    }

    private Service service(Builder builder, Part part, String heap, Map<String, String> own) {
        Map<String, String> all = new LinkedHashMap<>(own);
        all.putAll(builder.settings.getOrDefault(part, Map.of()));
        return new Service(part, builder.repository, folder, port(part), heap, builder.tiers, all, http);
    }

    private String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port(Part.POSTGRES) + "/" + database;
    }

    private int port(Part part) {
        Integer port = ports.get(part);
        if (port == null) {
            throw new IllegalStateException("no port for " + part);
        }
        return port;
    }

    private Child child(Part part) {
        return switch (part) {
            case POSTGRES -> postgres().child();
            case KAFKA -> kafkaBroker().child();
            case INCENTIVES, PUBLISHER, PAYMENTS -> service(part).child();
        };
    }

    private KafkaBroker kafkaBroker() {
        KafkaBroker broker = kafka;
        if (broker == null) {
            throw new IllegalStateException("Kafka is not started");
        }
        return broker;
    }

    private Service service(Part part) {
        Service service = services.get(part);
        if (service == null) {
            throw new IllegalArgumentException(part.title() + " is not a service");
        }
        return service;
    }
}
