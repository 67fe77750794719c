package io.datadrivenchanges.http;

/// Ends a request with a [Problem]. It carries no stack trace: it is an answer, not a bug.
public final class ProblemException extends RuntimeException {
    private final transient Problem problem;

    ProblemException(Problem problem) {
        super(problem.type().name(), null, false, false);
        this.problem = problem;
    }

    /// The answer to give.
    public Problem problem() {
        return problem;
    }
}
