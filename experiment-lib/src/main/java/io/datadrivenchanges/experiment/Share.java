package io.datadrivenchanges.experiment;

import java.util.concurrent.ThreadLocalRandom;

/// The samplers of the library: takes what lies below `limit` on the scale of all 2^63 hashes.
///
/// @param limit from 0 to `Long.MAX_VALUE`; the two ends are exact and need neither hash nor random number
/// @param byKey whether the key's hash decides, else a random number
record Share(long limit, boolean byKey) implements Sampler {

    static final Share ALL = new Share(Long.MAX_VALUE, false);
    static final Share NONE = new Share(0, false);

    static Share of(double share, boolean byKey) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("a share lies between 0 and 1: " + share);
        }
        // 2^63 · 1 would be rounded to MAX_VALUE anyway; said here so that nobody has to know.
        return share == 1 ? ALL : share == 0 ? NONE : new Share((long) (share * 0x1p63), byKey);
    }

    @Override
    public boolean take(String experiment, long keyHash) {
        if (limit == 0 || limit == Long.MAX_VALUE) {
            return limit != 0;
        }
        long place = byKey ? keyHash : ThreadLocalRandom.current().nextLong();
        return place >>> 1 < limit;
    }
}
