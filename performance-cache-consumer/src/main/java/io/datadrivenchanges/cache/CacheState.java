package io.datadrivenchanges.cache;

/// What the cache is able to say. Only `READY` answers known or absent.
///
/// | State | Meaning | Goes to |
/// |---|---|---|
/// | `STARTING` | no complete generation has been read to the end yet | `READY`, `DEGRADED`, `STOPPED` |
/// | `READY` | complete, read to the end, fresh within the configured bound | `DEGRADED`, `REBUILDING`, `STOPPED` |
/// | `DEGRADED` | the bound is exceeded, or a record without a readable key went by | `READY`, `REBUILDING`, `STOPPED` |
/// | `REBUILDING` | the topic is another one than before: all was dropped and is read again | `READY`, `DEGRADED`, `STOPPED` |
/// | `STOPPED` | closed, disabled, refused, or failed and waiting to start again | `STARTING`, unless closed or disabled |
public enum CacheState {
    STARTING, READY, DEGRADED, REBUILDING, STOPPED
}
