package io.datadrivenchanges.publisher;

/// Something is set up in a way that waiting alone does not repair; the message is a plain reason.
final class NeedsPersonException extends RuntimeException {
    NeedsPersonException(String reason) {
        super(reason);
    }
}
