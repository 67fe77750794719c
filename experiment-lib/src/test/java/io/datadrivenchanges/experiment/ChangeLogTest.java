package io.datadrivenchanges.experiment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/// A topic, a table of what is true, and evidence that the copy made of the topic is wrong: the record to blame is named.
class ChangeLogTest {

    private static final int RECORDS = 10_000;
    private static final int COURIERS = 50;

    private record Change(long offset, int courier, long version, String level) {}

    private record Entry(long version, String level) {}

    private final SplittableRandom random = new SplittableRandom(42);

    /// What the source said: the level by courier and version.
    private final Map<List<Long>, String> truth = new HashMap<>();

    private List<Change> topic(long corrupted) {
        long[] versions = new long[COURIERS];
        List<Change> topic = new ArrayList<>();
        for (long offset = 0; offset < RECORDS; offset++) {
            int courier = offset == corrupted ? 7 : random.nextInt(COURIERS);
            if (courier == 7 && offset > corrupted) {
                courier = 8; // the last that is heard of courier 7 is wrong, as the evidence says
            }
            long version = ++versions[courier];
            String level = "level " + random.nextInt(3);
            truth.put(List.of((long) courier, version), level);
            topic.add(new Change(offset, courier, version, offset == corrupted ? "garbage" : level));
        }
        return topic;
    }

    private static Map<Integer, Entry> apply(Map<Integer, Entry> cache, Change record) {
        Map<Integer, Entry> after = new HashMap<>(cache);
        after.merge(record.courier(), new Entry(record.version(), record.level()),
                (old, now) -> now.version() > old.version() ? now : old);
        return after;
    }

    private boolean isWrong(Map<Integer, Entry> cache, int courier) {
        Entry entry = cache.get(courier);
        return entry != null && !entry.level().equals(truth.get(List.of((long) courier, entry.version())));
    }

    @Test
    void corruptedOffsetIsNamed() {
        for (long corrupted : new long[]{0, 1, 5_000, RECORDS - 2, RECORDS - 1, random.nextInt(RECORDS)}) {
            truth.clear();
            ChangeLog<Change, Map<Integer, Entry>> log = new ChangeLog<>(topic(corrupted), Map.of(),
                    ChangeLogTest::apply);
            int[] asked = new int[1];

            Optional<Change> found = log.firstWrong(cache -> {
                asked[0]++;
                return isWrong(cache, 7);
            });

            assertThat(found).map(Change::offset).contains(corrupted);
            assertThat(asked[0]).isLessThanOrEqualTo(3 + 14);
        }
    }

    @Test
    void rightCopyHasNoWrongEvent() {
        ChangeLog<Change, Map<Integer, Entry>> log = new ChangeLog<>(topic(-1), Map.of(), ChangeLogTest::apply);

        assertThat(log.firstWrong(cache -> isWrong(cache, 7))).isEmpty();
        assertThat(new ChangeLog<Change, Map<Integer, Entry>>(List.of(), Map.of(), ChangeLogTest::apply)
                .firstWrong(cache -> false)).isEmpty();
    }

    @Test
    void namesAnEventThatMadeItWrongEvenIfItHealedInBetween() {
        List<Integer> events = List.of(0, 1, 0, 0, 1, 1, 0, 1);
        ChangeLog<Integer, Integer> log = new ChangeLog<>(events, 0, (state, event) -> event);

        assertThat(log.firstWrong(state -> state == 1)).contains(1);
    }

    @Test
    void wrongBeforeTheFirstEventIsRejected() {
        ChangeLog<Integer, Integer> log = new ChangeLog<>(List.of(1), 1, (state, event) -> event);

        assertThatIllegalArgumentException().isThrownBy(() -> log.firstWrong(state -> state == 1));
    }
}
