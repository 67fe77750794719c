package io.datadrivenchanges.e2e;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.HealthState;
import com.github.dockerjava.api.command.InspectContainerResponse;
import io.datadrivenchanges.stack.Part;
import io.datadrivenchanges.stack.Ports;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.ComposeContainer.RemoveImages;
import org.testcontainers.containers.ContainerState;
import org.testcontainers.utility.LogUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

/// The system in containers: the repository's own `docker-compose.yml`, built from source as a user builds it, under a
/// project name and on host ports of its own.
///
/// Testcontainers' [ComposeContainer] builds, starts and removes it with the machine's own `docker compose`. No service is
/// exposed through it: that would take one more image (socat) only to reach ports that the file publishes anyway, and
/// Testcontainers then finds containers by their names, which `docker compose` 1.29 and today's form differently. Their
/// labels are the same, and by them a part is found. Its output is in `target/docker-compose.log`.
final class ContainerSystem implements RunningSystem {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerSystem.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PROBE = Duration.ofSeconds(2);
    private static final int STOP_SECONDS = 30;
    private static final int LAST_LINES = 30;

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final File COMPOSE = ROOT.resolve("docker-compose.yml").toFile();
    /// Lets [#SETTINGS] reach payments-service.
    private static final File COMPOSE_SETTINGS = Path.of("src/test/resources/compose-settings.yml").toFile();
    private static final Path LOGS = Path.of("target/container-logs");
    private static final Path SETTINGS = Path.of("target/payments-config/application.properties");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Part, Integer> ports = Ports.free(List.of(Part.values()));
    private final ComposeContainer compose = new ComposeContainer("e2e", COMPOSE, COMPOSE_SETTINGS)
            .withPull(false).withBuild(true).withRemoveVolumes(true)
            .withRemoveImages(RemoveImages.LOCAL);

    private ContainerSystem(Map<String, String> environment) {
        compose.withEnv(environment);
        ports.forEach((part, port) -> compose.withEnv(part.portVariable(), Integer.toString(port)));
    }

    /// Builds the images, starts everything, and returns when every container is healthy.
    ///
    /// @param environment what `.env` would say otherwise
    static ContainerSystem start(Map<String, String> environment) {
        var durations = new Durations();
        var system = new ContainerSystem(environment);
        try {
            system.write(Map.of());
            system.compose.start();
            durations.phase("images and containers");
            for (Part part : Part.values()) {
                system.awaitHealthy(part);
                durations.phase(part + " healthy");
            }
        } catch (RuntimeException | Error e) {
            LOG.error("The containers did not start; what they said is in {}", LOGS.toAbsolutePath());
            try (system) {
                system.complain();
            } catch (RuntimeException also) {
                e.addSuppressed(also);
            }
            throw e;
        }
        LOG.info("Containers: {}", durations);
        return system;
    }

    @Override
    public URI payments() {
        return URI.create("http://127.0.0.1:" + port(Part.PAYMENTS));
    }

    @Override
    public URI incentives() {
        return URI.create("http://127.0.0.1:" + port(Part.INCENTIVES));
    }

    @Override
    public String kafka() {
        return "localhost:" + port(Part.KAFKA);
    }

    @Override
    public List<String> log(Part service) {
        return LogUtils.getOutput(docker(), container(service)).lines().flatMap(ContainerSystem::messages).toList();
    }

    /// Containers log one JSON object (ECS) per line; what is no such object is a message itself.
    private static Stream<String> messages(String line) {
        if (!line.startsWith("{\"@timestamp\"")) {
            return Stream.of(line);
        }
        JsonNode event = JSON.readTree(line);
        return Stream.concat(Stream.of(event.path("message").asString(line)),
                event.path("error").path("stack_trace").asString("").lines());
    }

    @Override
    public String database(String name) {
        return "jdbc:postgresql://127.0.0.1:" + port(Part.POSTGRES) + "/" + name;
    }

    @Override
    public void kill(Part part) {
        docker().killContainerCmd(container(part)).exec();
        awaitGone(part);
    }

    @Override
    public void stop(Part part) {
        docker().stopContainerCmd(container(part)).withTimeout(STOP_SECONDS).exec();
        awaitGone(part);
    }

    @Override
    public void start(Part part) {
        if (!running(part)) {
            docker().startContainerCmd(container(part)).exec();
        }
        if (part.isService()) {
            awaitReady(part);
        } else {
            awaitHealthy(part);
        }
    }

    @Override
    public void freeze(Part part) {
        docker().pauseContainerCmd(container(part)).exec();
    }

    @Override
    public void thaw(Part part) {
        docker().unpauseContainerCmd(container(part)).exec();
    }

    @Override
    public void restartPayments(Map<String, String> settings) {
        stop(Part.PAYMENTS);
        write(settings);
        start(Part.PAYMENTS);
    }

    /// payments-service reads this file, when it starts, from a folder that [#COMPOSE_SETTINGS] mounts.
    private void write(Map<String, String> settings) {
        try {
            Files.createDirectories(SETTINGS.getParent());
            Files.write(SETTINGS,
                    settings.entrySet().stream().map(setting -> setting.getKey() + "=" + setting.getValue())
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Says of each container that is not healthy how it is and what it said last.
    private void complain() {
        for (Part part : Part.values()) {
            if (compose.getContainerByServiceName(service(part)).isPresent() && !healthy(part)) {
                List<String> said = log(part);
                LOG.error("{} is not healthy: {}\n{}", part, state(part),
                        String.join("\n", said.subList(Math.max(0, said.size() - LAST_LINES), said.size())));
            }
        }
    }

    /// Keeps what the containers said, then removes everything.
    @Override
    public void close() {
        try {
            Files.createDirectories(LOGS);
            for (Part part : Part.values()) {
                Optional<ContainerState> container = compose.getContainerByServiceName(service(part));
                if (container.isPresent()) {
                    Files.writeString(LOGS.resolve(service(part) + ".log"),
                            LogUtils.getOutput(docker(), container.get().getContainerId()));
                }
            }
        } catch (IOException e) {
            LOG.warn("The logs of the containers are not kept", e);
        } finally {
            compose.stop();
        }
    }

    private void awaitHealthy(Part part) {
        await(part + " is healthy").atMost(Limits.HEALTHY).pollInterval(POLL).until(() -> healthy(part));
    }

    /// Asks what the health check of a service's container asks, which takes a look every few seconds only.
    private void awaitReady(Part part) {
        var readiness = HttpRequest
                .newBuilder(URI.create("http://127.0.0.1:" + port(part) + "/actuator/health/readiness"))
                .timeout(PROBE).build();
        await(part + " is ready").atMost(Limits.START).pollDelay(Duration.ZERO).pollInterval(POLL)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> http.send(readiness, BodyHandlers.discarding()).statusCode() == 200);
    }

    private void awaitGone(Part part) {
        await(part + " is gone").atMost(Duration.ofSeconds(STOP_SECONDS)).pollInterval(POLL)
                .until(() -> !running(part));
    }

    private boolean healthy(Part part) {
        HealthState health = state(part).getHealth();
        return health != null && "healthy".equals(health.getStatus());
    }

    private boolean running(Part part) {
        return Boolean.TRUE.equals(state(part).getRunning());
    }

    private InspectContainerResponse.ContainerState state(Part part) {
        return docker().inspectContainerCmd(container(part)).exec().getState();
    }

    private String container(Part part) {
        return compose.getContainerByServiceName(service(part)).orElseThrow().getContainerId();
    }

    /// The name in the file.
    private static String service(Part part) {
        return switch (part) {
            case POSTGRES -> "postgres";
            case KAFKA -> "kafka";
            case INCENTIVES, PUBLISHER, PAYMENTS -> part.title();
        };
    }

    private int port(Part part) {
        return requireNonNull(ports.get(part));
    }

    private static DockerClient docker() {
        return DockerClientFactory.lazyClient();
    }
}
