package io.datadrivenchanges.experiment;

/// Says which calls are compared. Asked on the caller's thread, by many at once, so it must return at once; one that throws costs the
/// comparison (`gate_failed`), never the call.
@FunctionalInterface
public interface Sampler {

    /// Whether to compare this call.
    ///
    /// @param experiment name of the experiment
    /// @param keyHash hash of the key, evenly spread over all 64 bits
    boolean take(String experiment, long keyHash);

    /// Takes every call.
    static Sampler always() {
        return Share.ALL;
    }

    /// Takes none.
    static Sampler never() {
        return Share.NONE;
    }

    /// Takes a random share of the calls.
    ///
    /// @param share from 0 to 1
    static Sampler ratio(double share) {
        return Share.of(share, false);
    }

    /// Takes all calls of a share of the keys, always of the same ones.
    ///
    /// @param share from 0 to 1
    static Sampler sticky(double share) {
        return Share.of(share, true);
    }
}
