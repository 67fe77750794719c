package io.datadrivenchanges.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;

import org.jspecify.annotations.Nullable;

/// One of the project's services as a JVM of its own, run from its executable jar. Methods are to be called by one thread at a time.
final class Service {
    private static final String READINESS = "/actuator/health/readiness";
    private static final Pattern ANY = Pattern.compile("");
    private static final Duration START_LIMIT = Duration.ofMinutes(4);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(25);
    private static final Duration PROBE_LIMIT = Duration.ofSeconds(2);
    private static final String VERSION = "0.1.0-SNAPSHOT";
    private static final int OK = 200;

    private final Part part;
    private final String name;
    private final Path jar;
    private final Path folder;
    private final int port;
    private final String heap;
    private final CompilerTiers tiers;
    private final Map<String, String> settings;
    private final HttpClient http;
    private volatile @Nullable Child process;

    /// @param repository root of the built project
    /// @param folder where its log is kept
    /// @param heap its maximum heap, as the JVM wants it
    /// @param settings Spring Boot properties
    Service(Part part, Path repository, Path folder, int port, String heap, CompilerTiers tiers,
            Map<String, String> settings, HttpClient http) {
        this(part, part.title(), jar(repository, part), folder, port, heap, tiers, settings, http);
    }

    private Service(Part part, String name, Path jar, Path folder, int port, String heap, CompilerTiers tiers,
            Map<String, String> settings, HttpClient http) {
        this.part = part;
        this.name = name;
        this.jar = jar;
        this.folder = folder;
        this.port = port;
        this.heap = heap;
        this.tiers = tiers;
        this.settings = Map.copyOf(settings);
        this.http = http;
    }

    /// The executable jar of a service.
    ///
    /// @throws StackException if it is not built
    static Path jar(Path repository, Part part) {
        Path jar = repository.resolve(part.title())
                .resolve("target")
                .resolve(part.title() + "-" + VERSION + "-exec.jar");
        if (!Files.isRegularFile(jar)) {
            throw new StackException("There is no " + jar + ": build it with mvn package, or with ./demo.");
        }
        return jar;
    }

    /// The same service once more, not started.
    Service another(int number, int otherPort) {
        return new Service(part, part.title() + "-" + number, jar, folder, otherPort, heap, tiers, settings, http);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    Path log() {
        return folder.resolve(name + ".log");
    }

    /// The SQL it needs to be run by a superuser before its first start.
    Optional<String> roles() {
        try (var zip = new ZipFile(jar.toFile())) {
            var entry = zip.getEntry("BOOT-INF/classes/database/roles.sql");
            return entry == null
                    ? Optional.empty()
                    : Optional.of(new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean running() {
        return process != null && process.alive();
    }

    Child child() {
        if (process == null) {
            throw new IllegalStateException(name + " is not started");
        }
        return process;
    }

    /// Starts it and waits until it is ready.
    ///
    /// @param more settings on top of its own, for this start only
    void start(Map<String, String> more) {
        process = Child.start(name, command(more), folder, log());
        await("ready", READINESS, ANY, START_LIMIT);
    }

    void stop() {
        if (process != null) {
            process.stop("TERM", STOP_LIMIT);
        }
    }

    void kill() {
        if (process != null) {
            process.kill();
        }
    }

    private List<String> command(Map<String, String> more) {
        List<String> command = new ArrayList<>(List.of(FastStart.java()));
        command.addAll(JavaProgram.heap(heap));
        command.addAll(List.of(tiers.flag(), "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(new FastStart(part.title(), jar).command());
        command.add("--server.port=" + port);
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.putAll(more);
        all.forEach((name, value) -> command.add("--" + name + "=" + value));
        return command;
    }

    /// Waits until it answers a GET with 200 and a text that has a match for the pattern.
    void await(String what, String path, Pattern pattern, Duration limit) {
        child().await(what, () -> answers(path, pattern), limit);
    }

    private boolean answers(String path, Pattern pattern) {
        HttpRequest request = HttpRequest.newBuilder(uri().resolve(path)).timeout(PROBE_LIMIT).build();
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return response.statusCode() == OK && pattern.matcher(response.body()).find();
        } catch (IOException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
