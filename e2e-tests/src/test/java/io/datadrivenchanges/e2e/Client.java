package io.datadrivenchanges.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;

/// What the outside world asks of the system: set a performance, pay a delivery, read the experiment.
///
/// Answers come back as they are, errors included; a connection that cannot be made or breaks is an
/// [UncheckedIOException]. Thread-safe.
final class Client {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT).build();
    private final Supplier<URI> payments;
    private final Supplier<URI> incentives;

    Client(RunningSystem system) {
        this(system::payments, system);
    }

    /// Asks an instance of Payments of its own.
    Client(Supplier<URI> payments, RunningSystem system) {
        this.payments = payments;
        this.incentives = system::incentives;
    }

    Answer setPerformance(long courierId, Level level) {
        return post(incentives.get().resolve("/incentives/performance/" + courierId),
                "{\"performance\":\"" + level + "\"}");
    }

    /// @param amount as it stands in the request, digit by digit
    Answer pay(String deliveryId, long courierId, String amount) {
        return post(payments.get().resolve("/payments"), "{\"deliveryId\":\"" + deliveryId + "\",\"courierId\":"
                + courierId + ",\"amount\":" + amount + "}");
    }

    Answer payment(String deliveryId) {
        return get(payments.get().resolve("/payments/" + deliveryId));
    }

    Answer paymentsOf(long courierId) {
        return get(payments.get().resolve("/payments?courierId=" + courierId));
    }

    Counts experiment() {
        return Counts.of(experimentBody().path("results"));
    }

    /// The experiment with its stage, as payments-service shows it.
    JsonNode experimentBody() {
        Answer answer = get(payments.get().resolve("/experiments/courier-performance"));
        if (answer.status() != 200) {
            throw new AssertionError("no experiment: " + answer);
        }
        return answer.json();
    }

    /// The mismatches that payments-service has kept.
    ///
    /// @param cause only those that seemed, or turned out, to be this
    Iterable<JsonNode> mismatches(String cause) {
        return get(payments.get().resolve("/experiments/courier-performance/mismatches?cause=" + cause)).json();
    }

    /// Begins an audit of all couriers.
    Answer audit() {
        return post(payments.get().resolve("/experiments/courier-performance/audit"), "");
    }

    /// Moves the experiment to a stage, whatever lies between.
    Answer changeStage(String stage) {
        return send(HttpRequest.newBuilder(payments.get().resolve("/experiments/courier-performance/stage"))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(
                        "{\"stage\":\"%s\",\"reason\":\"a scenario\",\"override\":\"scenario\"}".formatted(stage))));
    }

    /// The meters of payments-service by their names in Prometheus' format, all tags of one added up.
    Map<String, Double> meters() {
        return samples().collect(
                Collectors.groupingBy(line -> line.substring(0, line.indexOf(line.contains("{") ? '{' : ' ')),
                        Collectors.summingDouble(Client::value)));
    }

    /// A meter of payments-service by its name in Prometheus' format, for one value of one of its tags; 0 if it has none.
    double meter(String name, String tag, String value) {
        return samples().filter(line -> line.startsWith(name + "{") && line.contains(tag + "=\"" + value + "\""))
                .mapToDouble(Client::value).sum();
    }

    private Stream<String> samples() {
        return get(payments.get().resolve("/actuator/prometheus")).body().lines().filter(line -> !line.startsWith("#"));
    }

    private static double value(String sample) {
        return Double.parseDouble(sample.substring(sample.lastIndexOf(' ') + 1));
    }

    private Answer post(URI address, String json) {
        return send(HttpRequest.newBuilder(address).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    private Answer get(URI address) {
        return send(HttpRequest.newBuilder(address));
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            return Answer.of(http.send(request.timeout(ANSWER).build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for an answer", e);
        }
    }
}
