package io.datadrivenchanges.benchmarks.rebuild;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/// Decodes by hand what the benchmark itself has written: every field lies where it is expected, nothing is checked. What
/// is left is about the least work that decoding can be.
final class HandDecoding {
    private static final int AFTER_SCHEMA = "{\"schema\":1,\"generation\":".length();
    private static final int TO_COURIER = ",\"courierId\":".length();
    private static final int TO_LEVEL = ",\"performance\":\"".length();
    private static final int TO_VERSION = ",\"version\":".length();
    private static final int TO_UPDATE = ",\"updatedAt\":\"".length();
    private static final int TIME = "1970-01-01T00:00:00.000000Z".length();
    private static final int TO_COMMIT = "\",\"committedAt\":\"".length();
    private static final long DAY = LocalDate.of(CourierTopic.YEAR, CourierTopic.MONTH, CourierTopic.DAY).toEpochDay();

    private HandDecoding() {}

    static boolean isControl(byte[] key) {
        return key[0] == '@';
    }

    /// Whether the value is a courier's, where the key is not at hand.
    static boolean isCourier(byte[] value) {
        return value[afterNumber(value, AFTER_SCHEMA) + 2] == 'c';
    }

    static long courierId(byte[] key) {
        return number(key, 0);
    }

    static Courier courier(byte[] value) {
        int at = afterNumber(value, AFTER_SCHEMA) + TO_COURIER;
        at = afterNumber(value, at) + TO_LEVEL;
        byte level = value[at];
        while (value[at] != '"') {
            at++;
        }
        at += 1 + TO_VERSION;
        long version = number(value, at);
        at = afterNumber(value, at) + TO_UPDATE + TIME;
        long committed = value.length - at > TO_COMMIT ? micros(value, at + TO_COMMIT) : Long.MIN_VALUE;
        return new Courier(version, committed, level);
    }

    private static long micros(byte[] value, int at) {
        long seconds = digits(value, at + 11, 2) * 3600 + digits(value, at + 14, 2) * 60 + digits(value, at + 17, 2);
        return (DAY * 86_400 + seconds) * 1_000_000 + digits(value, at + 20, 6);
    }

    private static long digits(byte[] value, int from, int count) {
        long number = 0;
        for (int i = from; i < from + count; i++) {
            number = number * 10 + value[i] - '0';
        }
        return number;
    }

    private static long number(byte[] bytes, int from) {
        return digits(bytes, from, afterNumber(bytes, from) - from);
    }

    private static int afterNumber(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
