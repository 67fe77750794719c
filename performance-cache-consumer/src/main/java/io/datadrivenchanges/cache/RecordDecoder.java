package io.datadrivenchanges.cache;

import org.jspecify.annotations.Nullable;

/// Turns the bytes of a record into what they say. Never throws: what it cannot read is [TopicRecord.Malformed].
@FunctionalInterface
interface RecordDecoder {

    TopicRecord decode(byte @Nullable [] key, byte @Nullable [] value);
}
