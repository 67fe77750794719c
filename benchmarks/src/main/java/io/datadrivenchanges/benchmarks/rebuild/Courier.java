package io.datadrivenchanges.benchmarks.rebuild;

/// What the tables hold per courier that hold objects: the same as the cache does. Immutable.
///
/// @param committedMicros microseconds since 1970, or [Long#MIN_VALUE] where the record has none
record Courier(long version, long committedMicros, byte level) {}
