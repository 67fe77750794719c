package io.datadrivenchanges.publisher;

/// Ends a term that has not begun to stream, because the publisher is to stop. Not a failure.
final class StopRequestedException extends RuntimeException {
    StopRequestedException() {
        super("stop requested", null, false, false);
    }
}
