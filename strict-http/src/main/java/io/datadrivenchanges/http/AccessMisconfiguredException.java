package io.datadrivenchanges.http;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/// Stops a start that would leave the service more open than meant.
final class AccessMisconfiguredException extends RuntimeException {
    private final String remedy;

    AccessMisconfiguredException(String description, String remedy) {
        super(description);
        this.remedy = remedy;
    }

    /// Prints the two sentences instead of a stack trace.
    static final class Analyzer extends AbstractFailureAnalyzer<AccessMisconfiguredException> {
        @Override
        protected FailureAnalysis analyze(Throwable rootFailure, AccessMisconfiguredException cause) {
            return new FailureAnalysis(cause.getMessage(), cause.remedy, cause);
        }
    }
}
