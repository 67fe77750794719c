package io.datadrivenchanges.experiment;

import java.util.Locale;

/// Why two values differ, as far as the versions tell at first sight. Every mismatch has exactly one.
///
/// - `STALE`: the candidate's version is lower than the control's: it is late.
/// - `CANDIDATE_AHEAD`: the candidate's version is higher than the control's: the control is late.
/// - `DIVERGED`: the versions are the same or at least one is unknown: to be taken as wrong.
public enum Cause {
    STALE, CANDIDATE_AHEAD, DIVERGED;

    /// The name in log lines, counts and meters, such as `candidate_ahead`.
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Cause of(long controlVersion, long candidateVersion) {
        if (controlVersion < 0 || candidateVersion < 0) {
            return DIVERGED;
        }
        if (candidateVersion < controlVersion) {
            return STALE;
        }
        return candidateVersion > controlVersion ? CANDIDATE_AHEAD : DIVERGED;
    }
}
