package io.datadrivenchanges.cache;

/// Stands in where the cache is switched off.
final class DisabledPerformanceCache implements PerformanceCache {

    private static final Lookup UNKNOWN = new Lookup.Unknown(Lookup.Reason.DISABLED);
    private static final CacheStatus STATUS = new CacheStatus(CacheState.STOPPED, 0, 0, -1, null,
            "switched off by performance.cache.enabled=false");

    @Override
    public Lookup lookup(long courierId) {
        return UNKNOWN;
    }

    @Override
    public CacheStatus status() {
        return STATUS;
    }
}
