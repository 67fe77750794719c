package io.datadrivenchanges.e2e;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;

import io.datadrivenchanges.stack.Part;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static io.datadrivenchanges.e2e.Limits.HEALED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// Processes killed at random instants under load, round after round, and after each round everything agrees again.
///
/// Chance comes from a seed that is printed; `-Dnemesis.seed=…` repeats its choices, though not the timing of the machine, and
/// `-Dnemesis.rounds=…` sets how long it goes on. `mvn verify -Psoak` runs a hundred rounds.
class NemesisIT {
    private static final Logger LOG = LoggerFactory.getLogger(NemesisIT.class);
    private static final int ROUNDS = Integer.getInteger("nemesis.rounds", 5);
    private static final long SEED = Long.getLong("nemesis.seed", System.currentTimeMillis());
    private static final List<Part> VICTIMS = List.of(Part.PUBLISHER, Part.KAFKA, Part.POSTGRES, Part.PAYMENTS);

    private static final int CHANGES_PER_SECOND = 200;
    private static final int PAYMENTS_PER_SECOND = 20;
    private static final int MAX_CHANGES_BEFORE_KILL = 600;
    private static final int MAX_DOWN_MILLIS = 2_000;
    private static final int CHANGES_AFTER = 200;
    private static final List<Long> COURIERS = LongStream.rangeClosed(1, 40).boxed().toList();

    private final Random random = new Random(SEED);
    private final Map<Part, Integer> kills = new EnumMap<>(Part.class);
    private final List<Part> deck = new ArrayList<>();
    private long changes;
    private long payments;
    private Duration slowestHealing = Duration.ZERO;

    @Test
    void endsEachRoundOfKillsWithTableTopicAndCachesEqual() {
        LOG.info("{} rounds, seed {}", ROUNDS, SEED);
        try (var system = LocalSystem.start(Duration.ofSeconds(1));
                var compaction = new Compaction(system.kafka())) {
            system.courierTable().create(COURIERS);
            try (var reader = start(system)) {
                for (int round = 1; round <= ROUNDS; round++) {
                    round(round, system, reader, compaction);
                }
            }
        }
        LOG.info(
                "{} rounds, seed {}: killed {}; {} changes and {} payments; all agreed again after {} ms at the latest",
                ROUNDS, SEED, kills, changes, payments, slowestHealing.toMillis());
    }

    private void round(int round, LocalSystem system, WatchedCache reader, Compaction compaction) {
        var client = new Client(system);
        List<Part> victims = victims();
        try (var load = TableLoad.start(system.courierTable(), COURIERS, CHANGES_PER_SECOND);
                var payer = PaymentLoad.start(client, "round-" + round + "-", COURIERS, PAYMENTS_PER_SECOND)) {
            for (Part victim : victims) {
                load.awaitMore(1 + random.nextInt(MAX_CHANGES_BEFORE_KILL));
                kill(victim, system);
            }
            try (var late = start(system)) {
                load.awaitMore(CHANGES_AFTER);
                Map<String, String> paid = payer.stop();
                load.stop();
                changes += load.made();
                payments += paid.size();

                Duration healing = awaitAgreement(system, client, reader, late);
                compaction.force();
                try (var compacted = start(system)) {
                    compacted.awaitVersions("a reader from scratch after compaction",
                            system.courierTable().versions(), HEALED);
                    compacted.assertFaultless();
                }
                List.of(reader, late).forEach(WatchedCache::assertFaultless);
                paid.forEach((delivery, body) -> assertThat(client.payment(delivery).body()).isEqualTo(body));
                LOG.info("Round {}: killed {}, all agreed after {} ms", round, victims, healing.toMillis());
            }
        }
    }

    private Duration awaitAgreement(LocalSystem system, Client client, WatchedCache reader, WatchedCache late) {
        long begin = System.nanoTime();
        Map<Long, Long> table = system.courierTable().versions();
        reader.awaitVersions("the reader that was there all the time", table, HEALED);
        late.awaitVersions("a reader started from scratch under load", table, HEALED);
        Agreement.awaitFor(client, COURIERS);
        Duration healing = Duration.ofNanos(System.nanoTime() - begin);
        slowestHealing = healing.compareTo(slowestHealing) > 0 ? healing : slowestHealing;
        return healing;
    }

    private static WatchedCache start(LocalSystem system) {
        return WatchedCache.start(system.kafka(), 1, COURIERS);
    }

    /// One or two, so that over a few rounds everybody is hit.
    private List<Part> victims() {
        int count = 1 + random.nextInt(2);
        List<Part> victims = new ArrayList<>();
        while (victims.size() < count) {
            if (deck.isEmpty()) {
                deck.addAll(VICTIMS);
                Collections.shuffle(deck, random);
            }
            victims.add(deck.removeLast());
        }
        return victims;
    }

    private void kill(Part victim, LocalSystem system) {
        system.kill(victim);
        kills.merge(victim, 1, Integer::sum);
        Duration down = Duration.ofMillis(random.nextInt(MAX_DOWN_MILLIS));
        await("being down").pollDelay(down).pollInterval(Duration.ofMillis(10)).until(() -> true);
        system.start(victim);
    }
}
