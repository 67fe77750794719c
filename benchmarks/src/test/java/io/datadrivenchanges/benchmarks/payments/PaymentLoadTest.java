package io.datadrivenchanges.benchmarks.payments;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import com.sun.net.httpserver.HttpServer;
import io.datadrivenchanges.benchmarks.measurement.Latencies;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PaymentLoadTest {
    private static final Duration MOMENT = Duration.ofMillis(100);

    private final Set<String> deliveries = ConcurrentHashMap.newKeySet();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger atOnce = new AtomicInteger();
    private final AtomicInteger mostAtOnce = new AtomicInteger();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer payments;
    private volatile String answer = "{\"source\":\"REST\",\"stage\":\"OFF\"}";
    private volatile int status = 201;
    private volatile Duration firstTakes = Duration.ZERO;

    @BeforeEach
    void start() throws IOException {
        payments = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        payments.setExecutor(threads);
        payments.createContext("/payments", exchange -> {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            deliveries.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            if (requests.getAndIncrement() == 0) {
                LockSupport.parkNanos(firstTakes.toNanos());
            }
            atOnce.decrementAndGet();
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        payments.start();
    }

    @AfterEach
    void stop() {
        payments.stop(0);
        threads.close();
    }

    private PaymentLoad load(int connections) {
        return new PaymentLoad(
                new PaymentsClient(URI.create("http://127.0.0.1:" + payments.getAddress().getPort()), connections, 10),
                connections);
    }

    @Test
    void paysADeliveryOfItsOwnEachTimeOnNoMoreConnectionsThanItMay() throws Exception {
        PaymentLoad.Saturated saturated;
        try (var load = load(3)) {
            saturated = load.saturate(Variant.OFF, MOMENT);
        }

        assertThat(saturated.failed()).isZero();
        assertThat(saturated.paid()).isEqualTo(requests.get()).isEqualTo(deliveries.size()).isGreaterThanOrEqualTo(3);
        assertThat(saturated.perSecond()).isPositive().isLessThan(10.0 * saturated.paid() + 1);
        assertThat(mostAtOnce.get()).isBetween(1, 3);
    }

    @Test
    void countsWhatIsRefusedOrMadeAnotherWayAsFailed() throws Exception {
        try (var load = load(1)) {
            assertThat(load.saturate(Variant.SHADOW, MOMENT).paid()).as("at the stage before").isZero();
            assertThat(load.saturate(Variant.LIVE, MOMENT).paid()).as("by a fallback").isZero();
            status = 503;
            assertThat(load.saturate(Variant.OFF, MOMENT).failed()).as("refused").isPositive();

            Latencies paced = load.pace(Variant.OFF, 100, MOMENT);

            assertThat(paced.count()).isZero();
            assertThat(paced.lost()).isEqualTo(10);
        }
    }

    @Test
    void countsWhatAPaymentTookFromWhenItWasDue() throws Exception {
        firstTakes = MOMENT.multipliedBy(3);

        Latencies paced;
        try (var load = load(1)) {
            paced = load.pace(Variant.OFF, 100, MOMENT);
        }

        assertThat(paced.count()).isEqualTo(10);
        assertThat(paced.millisAtPercentile(1)).as("all had to wait for the first").isGreaterThan(199);
    }
}
