package io.datadrivenchanges.http;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Stops a start that cannot become right by waiting, or that would leave the service more open than meant.
final class MisconfiguredException extends RuntimeException {
    private final String remedy;

    MisconfiguredException(String description, String remedy) {
        super(description);
        this.remedy = remedy;
    }

    /// Prints the two sentences instead of a stack trace.
    static final class Analyzer extends AbstractFailureAnalyzer<MisconfiguredException> {
        @Override
        protected FailureAnalysis analyze(Throwable rootFailure, MisconfiguredException cause) {
            return new FailureAnalysis(cause.getMessage(), cause.remedy, cause);
        }
    }
}
