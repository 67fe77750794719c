package io.datadrivenchanges.payments.performance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import io.datadrivenchanges.cache.PerformanceLevel;
import io.datadrivenchanges.experiment.audit.KeyedSource.Entry;
import io.datadrivenchanges.payments.FakeIncentives;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What an audit takes for the truth, and what it does not.
class IncentivesCouriersTest {
    private final FakeIncentives incentives = new FakeIncentives();
    private final IncentivesCouriers couriers = couriers(null);

    @AfterEach
    void stop() {
        incentives.close();
    }

    private IncentivesCouriers couriers(@Nullable Path token) {
        var properties = new IncentivesProperties(incentives.address(), Duration.ofMillis(300), Duration.ofMillis(500),
                48, token);
        return new IncentivesCouriers(IncentivesCouriers.client(RestClient.builder(), properties),
                new AccessToken(properties.tokenFile()), System.nanoTime());
    }

    private static Entry<Long, Optional<PerformanceLevel>> high(long courier, long version) {
        return new Entry<>(courier, Optional.of(PerformanceLevel.HIGH), version);
    }

    @Test
    void readsPagesThatAreLargerThanWhatIncentivesGivesAtOnce() throws Exception {
        for (long courier = 1; courier <= 2_500; courier++) {
            incentives.set(courier, "HIGH", courier);
        }
        List<Long> asked = new ArrayList<>();
        incentives.behaveOnPages((exchange, after) -> {
            asked.add(after);
            asked.add(FakeIncentives.parameter(exchange, "limit"));
            incentives.page(exchange, after);
        });

        var page = couriers.page(null, 2_100);
        var rest = couriers.page(page.getLast().key(), 2_100);

        assertThat(page).hasSize(2_100).startsWith(high(1, 1)).endsWith(high(2_100, 2_100));
        assertThat(rest).hasSize(400).startsWith(high(2_101, 2_101)).endsWith(high(2_500, 2_500));
        assertThat(asked).containsExactly(0L, 1000L, 1000L, 1000L, 2000L, 100L, 2100L, 1000L);
    }

    @Test
    void findsOneCourierOrNone() throws Exception {
        incentives.set(7, "HIGH", 3);

        assertThat(couriers.find(7L)).contains(high(7, 3));
        assertThat(couriers.find(8L)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "null", "{\"performances\":{}}", "{\"performances\":[1]}",
            "{\"performances\":[{\"courierId\":5,\"performance\":\"HIGH\",\"version\":1}]}",
            "{\"performances\":[{\"courierId\":7,\"performance\":\"HIGH\",\"version\":1},"
                    + "{\"courierId\":6,\"performance\":\"HIGH\",\"version\":1}]}",
            "{\"performances\":[{\"courierId\":6,\"performance\":\"HIGH\",\"version\":1},"
                    + "{\"courierId\":6,\"performance\":\"HIGH\",\"version\":1}]}",
            "{\"performances\":[{\"courierId\":6,\"performance\":\"BEST\",\"version\":1}]}",
            "{\"performances\":[{\"courierId\":6,\"performance\":\"HIGH\",\"version\":0}]}",
            "{\"performances\":[{\"courierId\":6,\"performance\":\"HIGH\"}]}",
            "{\"performances\":[{\"courierId\":6,\"performance\":\"HIGH\",\"version\":1},"
                    + "{\"courierId\":7,\"performance\":\"HIGH\",\"version\":1},"
                    + "{\"courierId\":8,\"performance\":\"HIGH\",\"version\":1}]}",
            "{\"performances\":[]}]"})
    void takesNothingElseForAPage(String body) {
        incentives.behaveOnPages((exchange, _) -> FakeIncentives.send(exchange, 200, "application/json", body));

        assertThatThrownBy(() -> couriers.page(5L, 2)).isInstanceOf(IOException.class)
                .hasMessage("Incentives answered 200 with something that says nothing about couriers");
    }

    @Test
    void readsNoAnswerToItsEndThatIsTooLarge() {
        incentives.behaveOnPages((exchange, _) -> FakeIncentives.send(exchange, 200, "application/json",
                "{\"performances\":[" + " ".repeat(256 * 1024) + "]}"));

        assertThatThrownBy(() -> couriers.page(null, 2)).isInstanceOf(IOException.class);
    }

    @Test
    void takesAForeign404ForNoUnknownCourier() {
        incentives.behave((exchange, _) -> FakeIncentives.send(exchange, 404, "text/html", "nothing here"));

        assertThatThrownBy(() -> couriers.find(7L)).isInstanceOf(IOException.class)
                .hasMessageStartingWith("Incentives answered 404");
    }

    @Test
    void asksAgainWhenItIsRefused() throws Exception {
        incentives.set(7, "HIGH", 3);
        List<Long> refused = new ArrayList<>();
        incentives.behaveOnPages((exchange, after) -> {
            if (refused.isEmpty()) {
                refused.add(after);
                FakeIncentives.send(exchange, 503, "application/problem+json", "{}");
            } else {
                incentives.page(exchange, after);
            }
        });

        assertThat(couriers.page(null, 10)).containsExactly(high(7, 3));
        assertThat(refused).hasSize(1);
    }

    @Test
    void givesUpAfterThreeAttempts() {
        incentives.close();

        assertThatThrownBy(() -> couriers.page(null, 10)).isInstanceOf(IOException.class)
                .hasMessageStartingWith("Incentives cannot be reached: ");
    }

    @Test
    void sendsItsTokenAndSaysWhenItIsNotAccepted(@TempDir Path folder) throws Exception {
        IncentivesCouriers bearer = couriers(Files.writeString(folder.resolve("token"), "a.token\n"));
        BlockingQueue<List<String>> sent = new LinkedBlockingQueue<>();
        incentives.behaveOnPages((exchange, _) -> {
            sent.add(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
            FakeIncentives.send(exchange, 403, "application/problem+json", "{}");
        });

        assertThatThrownBy(() -> bearer.page(null, 10))
                .hasMessage("Incentives answered 403: see payments.incentives.token-file");
        assertThat(sent).containsExactly(List.of("Bearer a.token"));
    }
}
