package io.datadrivenchanges.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/// Turns the bytes of a record into what they say. Never throws: what it cannot read is [TopicRecord.Malformed].
///
/// Nearly all records are changes whose bytes look exactly as the publisher writes them. Those are read here, byte by
/// byte where they lie in the consumer's buffer. Whatever looks different in any way is left to [JsonRecordDecoder], which
/// says the same about every record, only slower. Confined to one thread.
final class PinnedRecordDecoder {
    private static final byte[] TO_GENERATION = ascii("{\"schema\":1,\"generation\":");
    private static final byte[] TO_COURIER = ascii(",\"courierId\":");
    private static final byte[] TO_LEVEL = ascii(",\"performance\":\"");
    private static final byte[] TO_VERSION = ascii("\",\"version\":");
    private static final byte[] TO_UPDATE = ascii(",\"updatedAt\":\"");
    private static final byte[] TO_COMMIT = ascii("\",\"committedAt\":\"");
    private static final byte[] END = ascii("\"}");

    private static final PerformanceLevel[] LEVELS = PerformanceLevel.values();
    private static final byte[][] LEVEL_NAMES = Arrays.stream(LEVELS).map(level -> ascii(level.name()))
            .toArray(byte[][]::new);

    /// All numbers of so many digits fit into a long.
    private static final int SAFE_DIGITS = 18;
    private static final int DATE_LENGTH = "1970-01-01".length();
    private static final int TIME_LENGTH = "1970-01-01T00:00:00.000000Z".length();
    private static final byte[] NOTHING = {};
    private static final long NOT_PINNED = Long.MIN_VALUE;
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long SECONDS_PER_DAY = 86_400;

    private final JsonRecordDecoder anyJson = new JsonRecordDecoder();
    private final byte[] lastDate = ascii("1970-01-01");
    private long lastEpochDay;

    private byte[] bytes = NOTHING;
    private int at;
    private int end;

    /// @param key of the record, left unchanged
    /// @param value of the record, left unchanged
    TopicRecord decode(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        if (key != null && value != null && key.hasArray() && value.hasArray()) {
            TopicRecord.Change change = pinnedChange(key, value);
            // The array is a whole fetch of many megabytes.
            bytes = NOTHING;
            if (change != null) {
                return change;
            }
        }
        return anyJson.decode(copy(key), copy(value));
    }

    private static byte @Nullable [] copy(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    /// The change, or null if the bytes do not look exactly as pinned.
    TopicRecord.@Nullable Change pinnedChange(ByteBuffer key, ByteBuffer value) {
        begin(key);
        long courierId = number();
        if (courierId == NOT_PINNED || at != end) {
            return null;
        }
        begin(value);
        if (!skip(TO_GENERATION)) {
            return null;
        }
        long generation = number();
        if (generation == NOT_PINNED || !skip(TO_COURIER) || number() != courierId || !skip(TO_LEVEL)) {
            return null;
        }
        PerformanceLevel level = level();
        if (level == null || !skip(TO_VERSION)) {
            return null;
        }
        long version = number();
        if (version == NOT_PINNED || !skip(TO_UPDATE) || micros() == NOT_PINNED) {
            return null;
        }
        long committedMicros = TopicRecord.NO_COMMIT_TIME;
        if (skip(TO_COMMIT)) {
            committedMicros = micros();
            if (committedMicros == NOT_PINNED) {
                return null;
            }
        }
        return skip(END) && at == end
                ? new TopicRecord.Change(generation, courierId, level, version, committedMicros)
                : null;
    }

    private void begin(ByteBuffer buffer) {
        bytes = buffer.array();
        at = buffer.arrayOffset() + buffer.position();
        end = at + buffer.remaining();
    }

    private boolean skip(byte[] expected) {
        int after = at + expected.length;
        if (after > end || !Arrays.equals(bytes, at, after, expected, 0, expected.length)) {
            return false;
        }
        at = after;
        return true;
    }

    /// A positive number without leading zeros.
    private long number() {
        int limit = Math.min(end, at + SAFE_DIGITS + 1);
        int start = at;
        long number = 0;
        while (at < limit && isDigit(bytes[at])) {
            number = number * 10 + (bytes[at] - '0');
            at++;
        }
        int digits = at - start;
        return digits == 0 || digits > SAFE_DIGITS || bytes[start] == '0' ? NOT_PINNED : number;
    }

    private @Nullable PerformanceLevel level() {
        for (int i = 0; i < LEVELS.length; i++) {
            if (skip(LEVEL_NAMES[i])) {
                return LEVELS[i];
            }
        }
        return null;
    }

    /// A time in UTC with six decimals, as microseconds since 1970.
    private long micros() {
        if (end - at < TIME_LENGTH) {
            return NOT_PINNED;
        }
        int start = at;
        at += TIME_LENGTH;
        int hour = digits(start + 11, 2);
        int minute = digits(start + 14, 2);
        int second = digits(start + 17, 2);
        int micros = digits(start + 20, 6);
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || micros < 0
                || bytes[start + 10] != 'T' || bytes[start + 13] != ':' || bytes[start + 16] != ':'
                || bytes[start + 19] != '.' || bytes[start + 26] != 'Z' || !readDate(start)) {
            return NOT_PINNED;
        }
        long seconds = lastEpochDay * SECONDS_PER_DAY + (hour * 60L + minute) * 60 + second;
        return seconds < 0 ? NOT_PINNED : seconds * MICROS_PER_SECOND + micros;
    }

    /// Records come in the order of time: the date is nearly always that of the record before.
    private boolean readDate(int start) {
        if (Arrays.equals(bytes, start, start + DATE_LENGTH, lastDate, 0, DATE_LENGTH)) {
            return true;
        }
        int year = digits(start, 4);
        int month = digits(start + 5, 2);
        int day = digits(start + 8, 2);
        if (year < 0 || month < 0 || day < 0 || bytes[start + 4] != '-' || bytes[start + 7] != '-') {
            return false;
        }
        try {
            lastEpochDay = LocalDate.of(year, month, day).toEpochDay();
        } catch (DateTimeException e) {
            return false;
        }
        System.arraycopy(bytes, start, lastDate, 0, DATE_LENGTH);
        return true;
    }

    /// So many digits as a number, or -1.
    private int digits(int from, int count) {
        int number = 0;
        for (int i = from; i < from + count; i++) {
            if (!isDigit(bytes[i])) {
                return -1;
            }
            number = number * 10 + (bytes[i] - '0');
        }
        return number;
    }

    private static boolean isDigit(byte character) {
        return character >= '0' && character <= '9';
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
