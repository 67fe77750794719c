package io.datadrivenchanges.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PinnedRecordDecoderTest {
    private static final int SEEDS = 20;
    private static final int RECORDS = 2_000;
    private static final String PINNED = """
            {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":7,\
            "updatedAt":"2026-01-01T00:00:02.000001Z","committedAt":"2026-01-01T00:00:02.000412Z"}""";

    private static final PinnedRecordDecoder EXPERIENCED = new PinnedRecordDecoder();

    private final PinnedRecordDecoder decoder = new PinnedRecordDecoder();
    private final JsonRecordDecoder anyJson = new JsonRecordDecoder();

    @Test
    void readsThePinnedChangesWithoutTheGeneralParser() {
        var changes = GoldenRecord.all().stream().filter(record -> !record.key().startsWith("@"))
                .filter(record -> record.key().length() < 19).toList();

        assertThat(changes).hasSize(3).allSatisfy(change -> assertThat(
                decoder.pinnedChange(buffer(change.key()), buffer(change.value()))).isEqualTo(
                        anyJson.decode(bytes(change.key()), bytes(change.value()))));
    }

    @Test
    void saysTheSameAsTheGeneralParserAboutThePinnedRecords() {
        assertThat(GoldenRecord.all()).allSatisfy(record -> assertSame(record.key(), record.value()));
    }

    @Test
    void readsFromTheMiddleOfABuffer() {
        byte[] around = bytes("xx42" + PINNED + "xx");
        var key = ByteBuffer.wrap(around, 2, 2).slice();
        var value = ByteBuffer.wrap(around, 4, around.length - 6);

        assertThat(decoder.pinnedChange(key, value)).isEqualTo(anyJson.decode(bytes("42"), bytes(PINNED)));
        assertThat(value.position()).isEqualTo(4);
    }

    @Test
    void readsABufferOutsideTheHeap() {
        ByteBuffer direct = ByteBuffer.allocateDirect(PINNED.length()).put(bytes(PINNED)).flip();

        assertThat(decoder.decode(buffer("42"), direct)).isEqualTo(anyJson.decode(bytes("42"), bytes(PINNED)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2024-02-29", "2023-02-29", "2026-13-01", "2026-00-10", "2026-12-31", "1969-12-31",
            "9999-12-31", "0000-01-01"})
    void knowsTheCalendar(String date) {
        assertSame("42", PINNED.replace("\"committedAt\":\"2026-01-01", "\"committedAt\":\"" + date));
        assertSame("42", PINNED.replace("\"updatedAt\":\"2026-01-01", "\"updatedAt\":\"" + date));
    }

    @ParameterizedTest
    @ValueSource(strings = {"24:00:00.000000Z", "23:59:60.000000Z", "00:60:00.000000Z", "23:59:59.999999Z",
            "00:00:00.00000Z", "00:00:00.0000000Z", "00:00:00,000000Z", "00:00:00.000000z", "00:00:00.000000 "})
    void knowsTheClock(String time) {
        assertSame("42", PINNED.replace("00:00:02.000412Z", time));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "00", "07", "-7", "1e1", "7.0", "999999999999999999", "9223372036854775807",
            "9223372036854775808", "99999999999999999999999"})
    void knowsTheNumbers(String number) {
        assertSame("42", PINNED.replace("\"version\":7", "\"version\":" + number));
        assertSame("42", PINNED.replace("\"generation\":5", "\"generation\":" + number));
        assertSame(number, PINNED.replace("\"courierId\":42", "\"courierId\":" + number));
    }

    static List<Long> seeds() {
        return new Random(20261126).longs(SEEDS).boxed().toList();
    }

    /// Those of all seeds by the same decoder: what it has read before must not count.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void saysTheSameAsTheGeneralParserAboutDamagedRecords(long seed) {
        var damage = new Damage(new Random(seed));

        for (int i = 0; i < RECORDS; i++) {
            damage.next();

            assertSame(EXPERIENCED, damage.key, damage.value);
        }
    }

    /// Records in the pinned form, most of them with one or two bytes changed, lost, doubled or inserted.
    private static final class Damage {
        private static final byte[] TELLING = bytes("0123456789{}[]\",:.-TZe+@\\ \n\u0000HIGHNORMALnulltrue");

        private static final List<PerformanceLevel> LEVELS = List.of(PerformanceLevel.values());

        private final Random random;
        private byte[] key = {};
        private byte[] value = {};

        private Damage(Random random) {
            this.random = random;
        }

        private void next() {
            switch (random.nextInt(4)) {
                case 0 -> heartbeat();
                case 1 -> marker();
                default -> change();
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                if (random.nextInt(8) == 0) {
                    key = damaged(key);
                } else {
                    value = damaged(value);
                }
            }
        }

        private void change() {
            long courier = random.nextLong(1, 1L << random.nextInt(1, 63));
            var level = LEVELS.get(random.nextInt(LEVELS.size()));
            String text = """
                    {"schema":1,"generation":%d,"courierId":%d,"performance":"%s","version":%d,"updatedAt":"%s\""""
                    .formatted(number(), courier, level, number(), time());
            key = bytes(Long.toString(courier));
            value = bytes(text + (random.nextBoolean() ? ",\"committedAt\":\"" + time() + "\"}" : "}"));
        }

        private void heartbeat() {
            key = bytes("@heartbeat");
            value = bytes("""
                    {"schema":1,"generation":%d,"beat":%d,"committedAt":"%s","publisher":"host-%d"}"""
                    .formatted(number(), number(), time(), random.nextInt(100)));
        }

        private void marker() {
            boolean complete = random.nextBoolean();
            key = bytes("@generation");
            value = bytes("""
                    {"schema":1,"generation":%d,"state":"%s","couriers":%d,"systemId":"%d","timeline":%d%s,"at":"%s"}"""
                    .formatted(number(), complete ? "COMPLETE" : "BUILDING", complete ? number() : 0, number(),
                            number(), random.nextBoolean() ? ",\"reason\":\"first-start\"" : "", time()));
        }

        private long number() {
            return random.nextLong(1, 1L << random.nextInt(1, 63));
        }

        private String time() {
            return "%.19s.%06dZ".formatted(Instant.ofEpochSecond(random.nextLong(4_000_000_000L)),
                    random.nextInt(1_000_000));
        }

        private byte[] damaged(byte[] whole) {
            if (whole.length == 0) {
                return whole;
            }
            int at = random.nextInt(whole.length);
            byte telling = TELLING[random.nextInt(TELLING.length)];
            int until = Math.min(whole.length, at + 1 + random.nextInt(20));
            return switch (random.nextInt(6)) {
                case 0 -> joined(whole, at, new byte[]{telling}, at + 1);
                case 1 -> joined(whole, at, new byte[]{(byte) random.nextInt()}, at + 1);
                case 2 -> joined(whole, at, new byte[]{telling}, at);
                case 3 -> joined(whole, at, new byte[0], until);
                case 4 -> joined(whole, until, new byte[0], at);
                default -> joined(whole, at, new byte[0], whole.length);
            };
        }

        private static byte[] joined(byte[] whole, int until, byte[] between, int from) {
            return ByteBuffer.allocate(until + between.length + whole.length - from).put(whole, 0, until).put(between)
                    .put(whole, from, whole.length - from).array();
        }
    }

    private void assertSame(String key, String value) {
        assertSame(decoder, bytes(key), bytes(value));
    }

    private static void assertSame(PinnedRecordDecoder decoder, byte[] key, byte[] value) {
        TopicRecord expected = new JsonRecordDecoder().decode(key, value);

        assertThat(decoder.decode(ByteBuffer.wrap(key), ByteBuffer.wrap(value)))
                .as(() -> new String(key, StandardCharsets.UTF_8) + " = " + new String(value, StandardCharsets.UTF_8))
                .isEqualTo(expected);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(bytes(text));
    }
}
