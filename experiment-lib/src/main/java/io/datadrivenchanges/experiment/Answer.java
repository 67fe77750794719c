package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// A result together with where it comes from. Immutable as far as the value in it is.
///
/// @param value the answer, as [Experiment#call] would return it
/// @param origin who gave it
/// @param stage at which the experiment was for this call; `OFF` also if it was switched off
/// @param fallback why the candidate, chosen to answer, did not; `null` if it was not chosen or did answer
/// @param <C> the result
public record Answer<C extends @Nullable Object>(C value, Origin origin, Stage stage, @Nullable String fallback) {

    /// Who answered.
    public enum Origin {
        CONTROL, CANDIDATE
    }
}
