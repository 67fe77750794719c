package io.datadrivenchanges.experiment;

/// Receives what was found. One thread of the laboratory's calls all its sinks, one report after the other and never a
/// caller's thread; while they are busy at most 1,024 reports wait, further ones are dropped and counted. What a sink throws
/// is contained, logged and counted.
@FunctionalInterface
public interface Sink {

    void accept(Report report);

    /// Whether matches are wanted too; asked once, when the laboratory is built.
    default boolean wantsMatches() {
        return false;
    }
}
