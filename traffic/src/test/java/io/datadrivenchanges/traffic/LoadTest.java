package io.datadrivenchanges.traffic;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.datadrivenchanges.traffic.Plan.Planned;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LoadTest {
    private FakeServices fake;
    private Services services;

    @BeforeEach
    void start() throws IOException {
        fake = new FakeServices();
        services = new Services(fake.uri(), fake.uri(), new Backoff(System::nanoTime, _ -> 0));
    }

    @AfterEach
    void stop() {
        services.close();
        fake.close();
    }

    @Test
    void paysEachDeliveryOnce() throws InterruptedException {
        Summary summary = run(IntStream.rangeClosed(1, 200).mapToObj(i -> Delivery.of("d-" + i, i, true)));

        assertThat(summary.payments()).isEqualTo(200);
        assertThat(summary.complete()).isTrue();
        assertThat(fake.requests()).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void setsALevelBeforeThePaymentThatItIsFor() throws InterruptedException {
        Summary summary = run(IntStream.rangeClosed(1, 6).mapToObj(i -> Delivery.of("d-" + i, 7, true)));

        assertThat(summary.levelChanges()).isEqualTo(1);
        assertThat(fake.requests()).hasSize(7);
        assertThat(fake.requests().get(4))
                .isEqualTo("POST /incentives/performance/7 {\"performance\":\"OUTSTANDING\"}");
        assertThat(fake.requests().get(5)).startsWith("POST /payments {\"deliveryId\":\"d-5\"");
    }

    @Test
    void keepsTheOrderPerCourier() throws InterruptedException {
        run(IntStream.rangeClosed(1, 300).mapToObj(i -> Delivery.of("d-" + i, 1 + i % 3, false)));

        for (int courier = 1; courier <= 3; courier++) {
            String marker = "\"courierId\":" + courier + ",";
            List<Integer> order = fake.requests()
                    .stream()
                    .filter(request -> request.contains(marker))
                    .map(request -> Integer.valueOf(request.replaceAll(".*\"d-([0-9]+)\".*", "$1")))
                    .toList();
            assertThat(order).hasSize(100).isSorted();
        }
    }

    @Test
    void sendsTheSameBodyAgainAfterRefusalsAndLostConnections() throws InterruptedException {
        fake.next(503, 429, 408, -1);

        Summary summary = run(Stream.of(Delivery.of("d-1", 1, true)));

        assertThat(summary.complete()).isTrue();
        assertThat(fake.requests().size()).isGreaterThanOrEqualTo(5);
        assertThat(fake.requests().stream().distinct()).hasSize(1);
    }

    @Test
    void countsAPaymentThatWasThereBefore() throws InterruptedException {
        fake.next(200);

        Summary summary = run(Stream.of(Delivery.of("d-1", 1, true)));

        assertThat(summary.complete()).isTrue();
        assertThat(summary.existed()).isEqualTo(1);
    }

    @Test
    void doesNotRepeatWhatIsRefusedForGood() throws InterruptedException {
        fake.next(409);

        Summary summary = run(Stream.of(Delivery.of("d-1", 1, true), Delivery.of("d-2", 1, true)));

        assertThat(summary.complete()).isFalse();
        assertThat(summary.payments()).isEqualTo(1);
        assertThat(summary.failures()).singleElement().asString().contains("d-1").contains("409");
        assertThat(fake.requests()).hasSize(2);
    }

    @Test
    void readsTheExperimentOnceNothingIsInFlight() throws InterruptedException {
        fake.nextExperiments(experiment(10, 4, 0), experiment(12, 5, 2), experiment(13, 6, 0));

        Summary summary = run(Stream.of(Delivery.of("d-1", 1, true)));

        assertThat(summary.experiment().count("results_match")).isEqualTo(3);
        assertThat(summary.experiment().count("results_do_not_match")).isEqualTo(2);
        assertThat(summary.experiment().control().p99Micros()).isEqualTo(900);
    }

    private Summary run(Stream<Delivery> deliveries) throws InterruptedException {
        List<Planned> planned = deliveries.map(delivery -> new Planned(delivery, 0)).toList();
        var plan = new Plan(planned.iterator(), OptionalLong.of(planned.size()), "Made up.");
        return new Load(services, 16, System::nanoTime).run(plan, Progress.NONE);
    }

    private static String experiment(int matched, int unmatched, int inFlight) {
        return """
                {"stage":"SHADOW",
                 "results":{"results_match":%d,"results_do_not_match":%d,"candidate_failed":0,"in_flight":%d},
                 "durations":{"control":{"p50Micros":500,"p99Micros":900,"maxMicros":950},
                              "candidate":{"p50Micros":1,"p99Micros":3,"maxMicros":9}}}
                """.formatted(matched, unmatched, inFlight);
    }
}
