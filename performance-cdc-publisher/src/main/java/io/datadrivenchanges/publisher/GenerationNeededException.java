package io.datadrivenchanges.publisher;

/// The generation in the topic is wrong in a way that nothing but a new one repairs.
final class GenerationNeededException extends RuntimeException {
    private final Reason reason;

    GenerationNeededException(Reason reason) {
        super(reason.sentence());
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
