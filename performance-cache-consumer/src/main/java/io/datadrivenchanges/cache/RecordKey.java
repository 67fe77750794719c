package io.datadrivenchanges.cache;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/// Reads the key of a record: a courier id in its only decimal form, or a control word behind an `@`.
final class RecordKey {
    private static final byte[] HEARTBEAT = "@heartbeat".getBytes(StandardCharsets.UTF_8);
    private static final byte[] GENERATION = "@generation".getBytes(StandardCharsets.UTF_8);
    private static final int MAX_DIGITS = 19;

    private RecordKey() {}

    static boolean isHeartbeat(byte[] key) {
        return Arrays.equals(key, HEARTBEAT);
    }

    static boolean isGeneration(byte[] key) {
        return Arrays.equals(key, GENERATION);
    }

    static boolean isControl(byte @Nullable [] key) {
        return key != null && key.length > 0 && key[0] == '@';
    }

    /// The courier id, or [TopicRecord#UNREADABLE]. A second spelling of an id, as `007`, would be a second key to the
    /// broker's compaction and is refused.
    static long courierId(byte @Nullable [] key) {
        if (key == null || key.length == 0 || key.length > MAX_DIGITS || key[0] == '0') {
            return TopicRecord.UNREADABLE;
        }
        long id = 0;
        for (byte digit : key) {
            if (digit < '0' || digit > '9') {
                return TopicRecord.UNREADABLE;
            }
            id = id * 10 + (digit - '0');
        }
        return id > 0 ? id : TopicRecord.UNREADABLE;
    }
}
