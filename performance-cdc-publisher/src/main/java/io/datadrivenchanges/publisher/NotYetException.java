package io.datadrivenchanges.publisher;

/// Something that others provide is not there yet, or does not answer; the message is a plain reason.
final class NotYetException extends RuntimeException {
    NotYetException(String reason) {
        super(reason);
    }
}
